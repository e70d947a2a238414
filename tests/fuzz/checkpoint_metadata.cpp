#include "fuzz_target.hpp"
#include "wire/checkpoint_codec.hpp"

#include <string>
#include <vector>

namespace {

using namespace weir;

constexpr const char* path = "chk-1/_metadata";
constexpr const char* home = "/home";

} // namespace

/// The checksum hides most of the decoder from wrong bytes. So when the first byte is odd, the rest is a
/// message that gets a right one.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::vector<char> bytes(data + 1, data + size);
  if (data[0] % 2 == 1)
    bytes = seal(checkpoint_format, bytes);
  auto read = decode_checkpoint(bytes, path, home);
  if (!read) {
    require(read.failure().message().find(path) != std::string::npos, "an error does not name the file");
    return 0;
  }
  for (const completed_vertex& vertex : read->vertices) {
    require(!vertex.subtasks.empty() && vertex.subtasks.size() <= vertex.max_parallelism,
            "a vertex has as many subtasks as it cannot");
    for (const completed_subtask& subtask : vertex.subtasks)
      for (const snapshot_handle& file : subtask.chain)
        require(!file.path.empty(), "a file has no path");
  }
  auto again = decode_checkpoint(encode_checkpoint(*read, home), path, home);
  require(again && *again == *read, "metadata is not what it was when it is written again");
  return 0;
}
