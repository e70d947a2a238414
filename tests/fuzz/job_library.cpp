#include "dataflow/job_library.hpp"
#include "fuzz_target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto info = weir::inspect_job_library({reinterpret_cast<const char*>(data), size});
  if (info)
    require(!info->jobs.empty(), "a library without jobs was accepted");
  else
    require(!info.failure().message().empty(), "a library was refused without a reason");
  return 0;
}
