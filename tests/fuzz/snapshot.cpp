#include "base/hash.hpp"
#include "fuzz_target.hpp"
#include "simulation/simulated_disk.hpp"
#include "state/snapshot_blocks.hpp"
#include "state/snapshot_chain.hpp"
#include "state/snapshot_file.hpp"

#include <weir/detail/state_value.hpp>

#include <cstring>
#include <string>

namespace {

using namespace weir;

constexpr const char* path = "snapshot";

/// Any file may be refused, but only with its name; what is not refused adds up.
void check(const error& failure) {
  require(failure.message().find(path) != std::string::npos, "an error does not name the file");
}

void read_state(const std::shared_ptr<const snapshot_reader>& file, std::uint32_t state) {
  key_group_range all{0, file->head().max_parallelism - 1};
  snapshot_blocks blocks{file};
  blocks.select(state, all);
  detail::state_block block;
  std::uint64_t entries = 0;
  while (true) {
    auto more = blocks.next(block);
    if (!more)
      return check(more.failure());
    if (!*more)
      break;
    entries += block.entries;
    detail::column_reader keys{block.keys};
    std::string_view key;
    std::size_t size = 0;
    while (keys.next(key))
      size += key.size();
    require(size <= block.keys.size(), "a column has more bytes than it has");
  }
  require(entries == file->entries(state, all), "a file has other entries than its index says");
}

template <class T>
T number_at(const std::string& bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

/// Puts the checksum of [begin, end) at `to`.
void sign(std::string& bytes, std::size_t begin, std::size_t end, std::size_t to) {
  std::uint64_t checksum = hash64({bytes.data() + begin, end - begin});
  std::memcpy(bytes.data() + to, &checksum, sizeof checksum);
}

/// Makes the checksums right, as far as the bytes say where they are: what lies behind them gets its turn.
void sign_all(std::string& bytes) {
  if (bytes.size() < snapshot_prefix_size + snapshot_trailer_size)
    return;
  std::size_t trailer = bytes.size() - snapshot_trailer_size;
  std::size_t at = snapshot_prefix_size + std::size_t{number_at<std::uint32_t>(bytes, 12)};
  if (at + snapshot_checksum_size > trailer)
    return;
  sign(bytes, 0, at, at);
  at += snapshot_checksum_size;
  auto index = number_at<std::uint64_t>(bytes, trailer);
  if (index > trailer)
    return;
  while (at + snapshot_block_header_size <= index) {
    std::uint64_t end = at + snapshot_block_header_size +
                        std::uint64_t{number_at<std::uint32_t>(bytes, at + 28)} +
                        number_at<std::uint32_t>(bytes, at + 36);
    if (end > index)
      break;
    sign(bytes, at + snapshot_checksum_size, end, at);
    at = end;
  }
  sign(bytes, index, trailer + 16, trailer + 16);
}

} // namespace

/// The checksums hide most of the reader from wrong bytes. So when the first byte is odd, they are made
/// right.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  if (data[0] % 2 == 1)
    sign_all(bytes);
  simulation::simulated_disk files;
  {
    auto file = files.create(path, false);
    require((*file)->append(bytes).has_value(), "cannot write");
  }
  snapshot_options options;
  options.entry_size_max = 1024 * 1024;
  auto reader = snapshot_reader::open(files, path, options);
  if (!reader) {
    check(reader.failure());
    return 0;
  }
  for (std::uint32_t state = 0; state < (*reader)->head().states.size(); ++state)
    read_state(*reader, state);
  return 0;
}
