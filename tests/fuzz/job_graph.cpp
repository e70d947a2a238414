#include "fuzz_target.hpp"
#include "wire/graph_codec.hpp"

/// The first byte chooses between graph and specification.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0)
    return 0;
  std::span<const char> bytes{reinterpret_cast<const char*>(data + 1), size - 1};
  auto check = [](const auto& value, auto decode) {
    if (!value)
      return;
    auto again = decode(weir::encode(*value));
    require(again.has_value(), "what was decoded cannot be encoded");
    require(*again == *value, "what was decoded changes when it is encoded");
  };
  if (data[0] % 2 == 0)
    check(weir::decode_job_graph(bytes), weir::decode_job_graph);
  else
    check(weir::decode_job_spec(bytes), weir::decode_job_spec);
  return 0;
}
