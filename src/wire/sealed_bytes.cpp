#include "wire/sealed_bytes.hpp"

#include "base/hash.hpp"

#include <cstring>
#include <limits>
#include <stdexcept>

namespace weir {

namespace {

template <class T>
void append_number(std::vector<char>& to, T value) {
  const char* bytes = reinterpret_cast<const char*>(&value);
  to.insert(to.end(), bytes, bytes + sizeof value);
}

template <class T>
T number_at(std::span<const char> bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

} // namespace

std::vector<char> seal(const sealed_format& format, std::span<const char> message) {
  if (message.size() > std::numeric_limits<std::uint32_t>::max())
    throw std::length_error{std::string{format.what} + " of more than 4 GiB"};
  std::vector<char> bytes;
  bytes.reserve(sealed_prefix_size + message.size() + sealed_checksum_size);
  bytes.insert(bytes.end(), format.magic.begin(), format.magic.end());
  append_number(bytes, format.version);
  append_number(bytes, static_cast<std::uint32_t>(message.size()));
  bytes.insert(bytes.end(), message.begin(), message.end());
  append_number(bytes, hash64(bytes));
  return bytes;
}

result<std::span<const char>> unseal(const sealed_format& format, std::span<const char> bytes,
                                     const std::string& path) {
  std::size_t magic_size = format.magic.size();
  if (bytes.size() < magic_size || std::memcmp(bytes.data(), format.magic.data(), magic_size) != 0)
    return damaged(format, path, 0, std::string{"it does not begin as "} + format.what);
  if (bytes.size() < sealed_prefix_size)
    return damaged(format, path, bytes.size(), "it ends too early");
  // Before anything that another version may have elsewhere.
  if (auto version = number_at<std::uint32_t>(bytes, magic_size); version != format.version)
    return damaged(format, path, magic_size,
                   "it has version " + std::to_string(version) + ", and only " +
                       std::to_string(format.version) + " can be read");
  std::size_t length = number_at<std::uint32_t>(bytes, magic_size + sizeof format.version);
  std::size_t end = sealed_prefix_size + length;
  if (bytes.size() < end + sealed_checksum_size)
    return damaged(format, path, bytes.size(), "it ends too early");
  if (bytes.size() > end + sealed_checksum_size)
    return damaged(format, path, end + sealed_checksum_size, "bytes follow its end");
  if (hash64(bytes.first(end)) != number_at<std::uint64_t>(bytes, end))
    return damaged(format, path, end, "its checksum is another one");
  return bytes.subspan(sealed_prefix_size, length);
}

error damaged(const sealed_format& format, const std::string& path, std::uint64_t at,
              const std::string& why) {
  return error{errc::corrupt, "the " + std::string{format.what} + " " + path + " is damaged at byte " +
                                  std::to_string(at) + ": " + why};
}

} // namespace weir
