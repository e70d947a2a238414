#pragma once

#include "base/result.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <string>

namespace weir {

/// Puts a blob together from its chunks. The sender may be wrong in every way; whether the bytes are those of
/// the hash is for the caller to check at the end.
class blob_download {
public:
  /// `bytes_max`: more is refused before it is stored.
  blob_download(std::string hash, std::uint64_t bytes_max);

  /// Takes the next chunk; true with the last one. A failure ends the download.
  result<bool> on_chunk(const blob_chunk& chunk);

  /// Where the next chunk begins.
  [[nodiscard]] std::uint64_t offset() const { return bytes_.size(); }

  [[nodiscard]] std::string take() { return std::move(bytes_); }

private:
  std::string hash_;
  std::uint64_t bytes_max_;
  std::string bytes_;
};

} // namespace weir
