#include "wire/message_bytes.hpp"

#include <kj/io.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace weir::wire {

std::vector<char> to_bytes(capnp::MessageBuilder& message) {
  std::vector<char> bytes(capnp::computeSerializedSizeInWords(message) * sizeof(capnp::word));
  kj::ArrayOutputStream out{{reinterpret_cast<kj::byte*>(bytes.data()), bytes.size()}};
  capnp::writeMessage(out, message);
  return bytes;
}

std::string untrusted_parts::bytes(const char* begin, std::size_t size) {
  return take(size) ? std::string{begin, size} : std::string{};
}

bool untrusted_parts::take(std::uint64_t memory) {
  if (memory > memory_left_) {
    memory_left_ = 0;
    refuse("its lists and texts need more memory than a message of its size can");
    return false;
  }
  memory_left_ -= memory;
  return true;
}

message_words::message_words(std::span<const char> bytes) {
  std::size_t count = bytes.size() / sizeof(capnp::word);
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) == 0) {
    words_ = {reinterpret_cast<const capnp::word*>(bytes.data()), count};
    return;
  }
  copy_ = kj::heapArray<capnp::word>(count);
  std::memcpy(copy_.begin(), bytes.data(), bytes.size());
  words_ = copy_;
}

capnp::ReaderOptions limits_for(std::size_t message_words) {
  capnp::ReaderOptions limits;
  // Each part is read once, so an honest message needs its own size.
  limits.traversalLimitInWords = 2 * message_words;
  limits.nestingLimit = 16; // twice the deepest path of the schemas
  return limits;
}

error corrupt(const char* what, const std::string& reason) {
  return error{errc::corrupt, "the bytes are no " + std::string{what} + ": " + reason};
}

} // namespace weir::wire
