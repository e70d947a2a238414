#pragma once

#include <weir/detail/value_reader.hpp>
#include <weir/detail/value_writer.hpp>

#if !__has_include(<capnp/message.h>)
#error "<weir/capnp.hpp> needs Cap'n Proto: install libcapnp-dev, and link the job library with capnp and kj"
#elif !defined(CAPNP_VERSION)
#error "include <capnp/message.h> and <capnp/serialize.h> before <weir/capnp.hpp>"
#else

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A Cap'n Proto struct as a record: a message in flat form that owns its words.
///
///   capnp::MallocMessageBuilder message;
///   auto visit = message.initRoot<Visit>();
///   visit.setUrl("/");
///   out.emit(weir::capnp_record<Visit>{message});
///   …
///   .filter([](const weir::capnp_record<Visit>& visit) { return visit.reader()->getUrl().size() > 0; })
///
/// A default-constructed one is the struct's default value.
template <class Schema>
class capnp_record {
public:
  /// How much one reader may read before it throws: enough to walk any record once, and too little for one
  /// that refers to the same bytes again and again.
  static constexpr std::uint64_t traversal_words_max = 8 * 1024 * 1024;
  static constexpr int nesting_max = 64;

  capnp_record() = default;

  /// Copies the message, whose root is a `Schema`.
  explicit capnp_record(capnp::MessageBuilder& message) {
    auto words = capnp::messageToFlatArray(message);
    words_.assign(words.begin(), words.end());
  }

  /// Reads the record; `*` and `->` give the schema's Reader, valid as long as this object and the record.
  /// Bytes that are no such struct, or pass a limit, throw kj::Exception where they are read.
  class checked_reader {
  public:
    explicit checked_reader(kj::ArrayPtr<const capnp::word> words)
        : message_{words, options()}, root_{message_.template getRoot<Schema>()} {}
    checked_reader(const checked_reader&) = delete;
    checked_reader& operator=(const checked_reader&) = delete;

    typename Schema::Reader& operator*() { return root_; }
    typename Schema::Reader* operator->() { return &root_; }

  private:
    static capnp::ReaderOptions options() {
      capnp::ReaderOptions limits;
      limits.traversalLimitInWords = traversal_words_max;
      limits.nestingLimit = nesting_max;
      return limits;
    }

    capnp::FlatArrayMessageReader message_;
    typename Schema::Reader root_;
  };

  [[nodiscard]] checked_reader reader() const { return checked_reader{words()}; }

  /// The message in Cap'n Proto's flat form: segment table and segments.
  [[nodiscard]] kj::ArrayPtr<const capnp::word> words() const {
    // One segment of one word, which is a null pointer: the default value.
    static constexpr std::uint64_t empty_message[2] = {std::uint64_t{1} << 32, 0};
    if (words_.empty())
      return {reinterpret_cast<const capnp::word*>(empty_message), 2};
    return {words_.data(), words_.size()};
  }

private:
  friend struct detail::own_codec<capnp_record>;

  std::vector<capnp::word> words_;
};

namespace detail {

/// The words, with their number in front.
template <class Schema>
struct own_codec<capnp_record<Schema>> {
  using record = capnp_record<Schema>;

  static constexpr std::size_t min_size = 1;

  static std::string name() {
    // The type's id stays the same while its schema grows, as the encoded form does.
    char digits[17] = {};
    std::snprintf(digits, sizeof digits, "%016llx",
                  static_cast<unsigned long long>(Schema::_capnpPrivate::typeId));
    return "capnp:" + std::string{digits};
  }

  static std::size_t bound(const record& value) {
    return length_bytes_max + value.words().size() * sizeof(capnp::word);
  }

  static char* write(char* to, const record& value) {
    auto bytes = value.words().asBytes();
    to = write_length(to, value.words().size());
    std::memcpy(to, bytes.begin(), bytes.size());
    return to + bytes.size();
  }

  static bool read(byte_reader& from, record& value) {
    std::size_t count = 0;
    if (!read_length(from, count, sizeof(capnp::word)))
      return false;
    value.words_.resize(count);
    std::memcpy(static_cast<void*>(value.words_.data()), from.at, count * sizeof(capnp::word));
    from.at += count * sizeof(capnp::word);
    return has_segments(value) || from.fail("it is no Cap'n Proto message");
  }

  static void format(std::string& to, const record& value) {
    auto text = kj::str(*value.reader());
    to.append(text.begin(), text.size());
  }

private:
  /// Whether the segment table fits the words. What is inside the segments is checked where it is read.
  static bool has_segments(const record& value) {
    auto words = value.words_.size();
    if (words == 0)
      return false;
    const char* table = reinterpret_cast<const char*>(value.words_.data());
    std::uint64_t segments = std::uint64_t{load_4(table)} + 1;
    std::uint64_t needed = segments / 2 + 1;
    if (segments > 512 || needed > words)
      return false;
    for (std::uint64_t i = 0; i < segments; ++i)
      needed += load_4(table + 4 * (i + 1));
    return needed == words;
  }
};

} // namespace detail
} // namespace weir

#endif
