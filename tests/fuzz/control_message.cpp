#include "fuzz_target.hpp"
#include "wire/control_codec.hpp"

/// What can be decoded must come out the same when it is encoded and decoded again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto message = weir::decode_control({reinterpret_cast<const char*>(data), size});
  if (!message)
    return 0;
  auto again = weir::decode_control(weir::encode(*message));
  require(again.has_value(), "a decoded message cannot be encoded");
  require(*again == *message, "a decoded message changes when it is encoded");
  return 0;
}
