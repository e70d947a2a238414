#include "scheduler/blob_download.hpp"

namespace weir {

blob_download::blob_download(std::string hash, std::uint64_t bytes_max)
    : hash_{std::move(hash)}, bytes_max_{bytes_max} {}

result<bool> blob_download::on_chunk(const blob_chunk& chunk) {
  if (!chunk.failure.empty())
    return error{errc::unavailable, "the master cannot give the job library " + hash_ + ": " + chunk.failure};
  auto wrong = [&](const std::string& what) {
    return error{errc::corrupt, "job library " + hash_ + ": " + what};
  };
  if (chunk.total > bytes_max_)
    return wrong(std::to_string(chunk.total) + " bytes are above the limit of " + std::to_string(bytes_max_) +
                 " (rest.server.max-content-length)");
  if (chunk.offset != offset() || chunk.total < chunk.offset ||
      chunk.bytes.size() > chunk.total - chunk.offset)
    return wrong("a chunk does not fit what came before it");
  if (chunk.bytes.empty() && chunk.total != 0)
    return wrong("a chunk is empty");
  bytes_ += chunk.bytes;
  return bytes_.size() == chunk.total;
}

} // namespace weir
