#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/contained_text.hpp>
#include <weir/detail/raw_bytes.hpp>
#include <weir/detail/value_reader.hpp>
#include <weir/detail/value_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Values as the columns of a state_block hold them: the encoded form of encoded_size.hpp behind its size.
///
///     column      (size:varint bytes)*
///
/// The size says where a value ends, so that a struct which has got fields since the snapshot can be read:
/// the bytes end early, at the end of a field, and the fields behind keep their defaults.
namespace weir::detail {

/// Appends the bytes of one entry, with their size in front.
inline void append_to_column(raw_bytes& column, std::string_view bytes) {
  char* start = column.reserve(2 * length_bytes_max + bytes.size());
  char* first = write_length(start, bytes.size());
  copy_bytes(first, bytes.data(), bytes.size());
  column.add(static_cast<std::size_t>(first + bytes.size() - start));
}

/// Appends one entry of the bytes that `append(column)` appends.
template <class Append>
void append_entry(raw_bytes& column, Append&& append) {
  // They are written where they stand if the size takes one byte, and moved on if it takes more.
  std::size_t start = column.size();
  column.resize(start + 1);
  append(column);
  std::size_t size = column.size() - start - 1;
  if (size < 0x80) [[likely]] {
    column.data()[start] = static_cast<char>(size);
    return;
  }
  char length[2 * length_bytes_max];
  auto length_size = static_cast<std::size_t>(write_length(length, size) - length);
  column.resize(column.size() + length_size - 1);
  char* at = column.data() + start;
  std::memmove(at + length_size, at + 1, size);
  std::memcpy(at, length, length_size);
}

/// Appends the encoded form of a value.
template <class T>
void append_encoded(raw_bytes& to, const T& value) {
  char* start = to.reserve(encoded_bound(value));
  to.add(static_cast<std::size_t>(write_value(start, value) - start));
}

/// The same as an entry of a column.
template <class T>
void append_state_value(raw_bytes& column, const T& value) {
  append_entry(column, [&](raw_bytes& to) { append_encoded(to, value); });
}

/// Walks the entries of a column, which may be any bytes.
class column_reader {
public:
  explicit column_reader(std::string_view column) : at_{column.data()}, end_{at_ + column.size()} {}
  explicit column_reader(const raw_bytes& column) : column_reader{column.view()} {}

  /// The bytes of the next entry, which stay where they are. False at the end, and where there is no entry.
  bool next(std::string_view& bytes) {
    if (at_ == end_)
      return false;
    std::size_t size = static_cast<unsigned char>(*at_++);
    if (size >= 0x80) [[unlikely]] {
      byte_reader rest{at_ - 1, end_, nullptr};
      if (!read_length(rest, size, 1))
        return stop();
      at_ = rest.at;
    }
    if (size > static_cast<std::size_t>(end_ - at_))
      return stop();
    bytes = {at_, size};
    at_ += size;
    return true;
  }

  /// All bytes were entries.
  [[nodiscard]] bool at_end() const { return at_ == end_ && sound_; }

private:
  bool stop() {
    at_ = end_;
    return sound_ = false;
  }

  const char* at_;
  const char* end_;
  bool sound_ = true;
};

template <class T>
constexpr bool has_fields() {
  if constexpr (kind<T> == type_kind::aggregate)
    return !std::is_same_v<fields_t<T>, type_list<>>;
  else
    return false;
}

/// Reads a value of which the bytes may end behind any of its fields. `ended` is set when they did; the
/// fields behind then have unspecified contents.
template <class T>
bool read_grown(byte_reader& from, T& value, bool& ended) {
  if constexpr (has_fields<T>()) {
    if constexpr (bytewise<T>)
      if (from.left() >= sizeof(T)) [[likely]]
        return read_value(from, value);
    return visit_fields(value, [&](auto& first, auto&... others) {
      [[maybe_unused]] auto read_other = [&](auto& field) {
        ended = ended || from.left() == 0;
        return ended || read_grown(from, field, ended);
      };
      return read_grown(from, first, ended) && (read_other(others) && ...);
    });
  } else if constexpr (kind<T> == type_kind::mapped) {
    typename as_record<T>::type plain{};
    return read_grown(from, plain, ended) && map_back(from, std::move(plain), value);
  } else {
    return read_value(from, value);
  }
}

/// Reads what append_state_value wrote of a T, or of a struct that T was before it got fields at its end, or
/// at the end of its last field: those get their defaults. Returns nullptr, or why the bytes are no T.
/// `texts` keeps what long texts inside the value point to.
template <class T>
const char* read_state_value(std::string_view bytes, T& value, arena& texts) {
  byte_reader from{bytes.data(), bytes.data() + bytes.size(), &texts};
  bool ended = false;
  if (!read_grown(from, value, ended))
    return from.fault;
  if (from.left() != 0)
    return "bytes follow its end";
  if (ended) {
    value = T{};
    from = {bytes.data(), bytes.data() + bytes.size(), &texts};
    read_grown(from, value, ended = false);
  }
  return nullptr;
}

template <class T>
requires(!contains_text<T>) const char* read_state_value(std::string_view bytes, T& value) {
  arena none; // allocates nothing until it is asked to
  return read_state_value(bytes, value, none);
}

} // namespace weir::detail
