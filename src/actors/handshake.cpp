#include "actors/handshake.hpp"

#include "actors/little_endian.hpp"

#include <algorithm>
#include <array>

namespace weir::actors {

namespace {

constexpr std::string_view magic = "weirnode";
constexpr std::size_t text_bytes_max = 400;

template <class T>
void put(byte_buffer& to, T value) {
  std::array<char, sizeof(T)> bytes;
  store_little_endian(bytes.data(), value);
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void put_text(byte_buffer& to, std::string_view text) {
  text = text.substr(0, text_bytes_max);
  put(to, static_cast<std::uint16_t>(text.size()));
  to.insert(to.end(), text.begin(), text.end());
}

/// Reads from the front; once something is missing, everything is.
class reader {
public:
  explicit reader(std::span<const char> bytes) : left_{bytes} {}

  template <class T>
  T number() {
    if (left_.size() < sizeof(T)) {
      failed_ = true;
      return T{};
    }
    T value = load_little_endian<T>(left_.data());
    left_ = left_.subspan(sizeof(T));
    return value;
  }

  std::string_view raw(std::size_t size) {
    if (left_.size() < size) {
      failed_ = true;
      return {};
    }
    std::string_view value{left_.data(), size};
    left_ = left_.subspan(size);
    return value;
  }

  std::string text() { return printable(raw(number<std::uint16_t>())); }

  [[nodiscard]] bool complete() const { return !failed_ && left_.empty(); }
  [[nodiscard]] bool failed() const { return failed_; }

private:
  /// The text goes to logs: nothing in it may move a cursor or begin a line.
  static std::string printable(std::string_view bytes) {
    std::string text{bytes.substr(0, text_bytes_max)};
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
    return text;
  }

  std::span<const char> left_;
  bool failed_ = false;
};

} // namespace

byte_buffer encode(const hello& greeting) {
  byte_buffer bytes{magic.begin(), magic.end()};
  put(bytes, greeting.node.protocol);
  put_text(bytes, greeting.node.version);
  put_text(bytes, greeting.node.abi);
  put(bytes, static_cast<std::uint8_t>(greeting.node.role));
  put(bytes, greeting.node.self.high);
  put(bytes, greeting.node.self.low);
  put(bytes, greeting.node.epoch.value);
  put(bytes, greeting.met);
  return bytes;
}

byte_buffer encode(const refusal& answer) {
  byte_buffer bytes;
  put(bytes, static_cast<std::uint8_t>(answer.why));
  put_text(bytes, answer.sentence);
  return bytes;
}

result<hello> decode_hello(std::span<const char> bytes) {
  reader from{bytes};
  hello greeting;
  if (from.raw(magic.size()) != magic)
    return error{errc::corrupt, "the bytes are no hello"};
  greeting.node.protocol = from.number<std::uint32_t>();
  greeting.node.version = from.text();
  greeting.node.abi = from.text();
  if (from.failed())
    return error{errc::corrupt, "the hello is cut off"};
  if (greeting.node.protocol != protocol_version)
    return greeting; // the rest may have another form; the version alone refuses it
  auto role = from.number<std::uint8_t>();
  greeting.node.self.high = from.number<std::uint64_t>();
  greeting.node.self.low = from.number<std::uint64_t>();
  greeting.node.epoch.value = from.number<std::uint64_t>();
  greeting.met = from.number<std::uint32_t>();
  if (!from.complete() || !greeting.node.self ||
      (role != static_cast<std::uint8_t>(node_role::master) &&
       role != static_cast<std::uint8_t>(node_role::worker)))
    return error{errc::corrupt, "the hello is malformed"};
  greeting.node.role = node_role{role};
  return greeting;
}

result<refusal> decode_refusal(std::span<const char> bytes) {
  reader from{bytes};
  auto why = from.number<std::uint8_t>();
  auto sentence = from.text();
  if (!from.complete() || why < static_cast<std::uint8_t>(refusal_reason::version) ||
      why > static_cast<std::uint8_t>(refusal_reason::itself))
    return error{errc::corrupt, "the refusal is malformed"};
  return refusal{refusal_reason{why}, std::move(sentence)};
}

std::string incompatibility(const node_identity& here, const node_identity& there) {
  auto differ = [](std::string_view what, std::string_view ours, std::string_view theirs) {
    return "this node has " + std::string{what} + " " + std::string{ours} + ", the other " +
           std::string{theirs} + "; install the same weir on all nodes";
  };
  if (there.protocol != here.protocol)
    return differ("protocol", std::to_string(here.protocol),
                  std::to_string(there.protocol) + " (weir " + there.version + ")");
  if (there.version != here.version)
    return differ("weir", here.version, there.version);
  if (there.abi != here.abi)
    return differ("ABI", "'" + here.abi + "'", "'" + there.abi + "'");
  return {};
}

} // namespace weir::actors
