#include "fuzz_target.hpp"
#include "sealed_input.hpp"
#include "wire/checkpoint_codec.hpp"

#include <string>
#include <vector>

namespace {

using namespace weir;

constexpr const char* path = "chk-1/_metadata";
constexpr const char* home = "/home";

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<char> bytes = sealed_input(checkpoint_format, {data, size});
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
