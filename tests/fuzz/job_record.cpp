#include "fuzz_target.hpp"
#include "sealed_input.hpp"
#include "wire/job_record_codec.hpp"

#include <string>
#include <vector>

namespace {

using namespace weir;

constexpr const char* path = "jobs/1";

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<char> bytes = sealed_input(job_record_format, {data, size});
  auto read = decode_job_record(bytes, path);
  if (!read) {
    require(read.failure().message().find(path) != std::string::npos, "an error does not name the file");
    return 0;
  }
  require(read->id && read->graph, "a record has no id or no graph");
  require((read->state == record_state::ended) == (read->end != nullptr),
          "state and end contradict each other");
  auto again = encode_job_record(*read);
  auto second = decode_job_record(again, path);
  require(second && encode_job_record(*second) == again,
          "a record is not what it was when it is written again");
  return 0;
}
