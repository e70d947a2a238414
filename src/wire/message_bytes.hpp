#pragma once

#include "base/result.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/array.h>
#include <kj/exception.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

/// The door between Cap'n Proto and the rest: builders go out as bytes, and bytes from strangers come in as
/// values or as errors, never as exceptions.
namespace weir::wire {

std::vector<char> to_bytes(capnp::MessageBuilder& message);

/// Copies the parts of one message into values.
///
/// Cap'n Proto checks that pointers stay inside the message, but many of them may point to the same part, and
/// a list of empty elements takes no space. So this one counts the memory of the values, and gives up when it
/// is more than a message of that size can honestly need. After a refusal it returns empty values; the first
/// reason is kept.
class untrusted_parts {
public:
  explicit untrusted_parts(std::size_t message_bytes) : memory_left_{message_bytes * memory_factor} {}

  std::string text(capnp::Text::Reader from) { return bytes(from.begin(), from.size()); }
  std::string data(capnp::Data::Reader from) {
    return bytes(reinterpret_cast<const char*>(from.begin()), from.size());
  }

  /// The elements of a list, each turned into a value by `read`.
  template <class List, class Read>
  auto list(List from, Read read) {
    using value = std::invoke_result_t<Read&, decltype(from[0])>;
    std::vector<value> values;
    if (!take(std::uint64_t{from.size()} * sizeof(value)))
      return values;
    values.reserve(from.size());
    for (auto element : from)
      values.push_back(read(element));
    return values;
  }

  /// `last` is the largest value there is.
  template <class To, class From>
  To enumeration(From from, To last, const char* of) {
    auto number = static_cast<std::uint16_t>(from);
    if (number <= static_cast<std::uint16_t>(last))
      return static_cast<To>(number);
    refuse("there is no " + std::string{of} + " " + std::to_string(number));
    return {};
  }

  void refuse(std::string reason) {
    if (reason_.empty())
      reason_ = std::move(reason);
  }

  [[nodiscard]] const std::string& reason() const { return reason_; }

private:
  /// A pointer of 8 bytes becomes a std::string of 32; the rest leaves room for elements of an older schema.
  static constexpr std::uint64_t memory_factor = 8;

  std::string bytes(const char* begin, std::size_t size);
  bool take(std::uint64_t memory);

  std::uint64_t memory_left_;
  std::string reason_;
};

/// The words of a message that came as bytes, at an address where they can be read.
class message_words {
public:
  explicit message_words(std::span<const char> bytes);

  [[nodiscard]] kj::ArrayPtr<const capnp::word> get() const { return words_; }

private:
  kj::Array<capnp::word> copy_; // empty when the bytes are aligned already
  kj::ArrayPtr<const capnp::word> words_;
};

capnp::ReaderOptions limits_for(std::size_t message_words);

error corrupt(const char* what, const std::string& reason);

/// Reads a message whose root is `Root` with `read(Root::Reader, untrusted_parts&)`. `what` names it in the
/// error: "control message".
template <class Root, class Read>
auto decode(std::span<const char> bytes, const char* what, Read read)
    -> result<std::invoke_result_t<Read&, typename Root::Reader, untrusted_parts&>> {
  if (bytes.empty() || bytes.size() % sizeof(capnp::word) != 0)
    return corrupt(what, "it has " + std::to_string(bytes.size()) + " bytes, which are no whole words");
  try {
    message_words words{bytes};
    capnp::FlatArrayMessageReader message{words.get(), limits_for(words.get().size())};
    if (message.getEnd() != words.get().end())
      return corrupt(what, "bytes follow its end");
    untrusted_parts parts{bytes.size()};
    auto value = read(message.getRoot<Root>(), parts);
    if (!parts.reason().empty())
      return corrupt(what, parts.reason());
    return value;
  } catch (const kj::Exception& failure) { // Cap'n Proto's way to say that the bytes are wrong
    return corrupt(what, failure.getDescription().cStr());
  }
}

} // namespace weir::wire
