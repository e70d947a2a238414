#pragma once

#include <weir/detail/check_record.hpp>
#include <weir/detail/record_type.hpp>
#include <weir/detail/text_form.hpp>
#include <weir/detail/type_name.hpp>
#include <weir/detail/value_reader.hpp>
#include <weir/detail/value_writer.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

/// The encoded form of batches, and the record_type of a C++ type.
///
///     batch       count:4 columns:1 records hashes timestamps
///     columns     bit 0: there are hashes, bit 1: there are timestamps
///     records     the values' memory where bytewise<T>, else one encoded value after another
///     (encoded_size.hpp) hashes      8 bytes a record timestamps  8 bytes a record
namespace weir::detail {

inline constexpr std::size_t batch_header_size = 5;
inline constexpr std::uint8_t hashes_bit = 1;
inline constexpr std::uint8_t timestamps_bit = 2;

template <class T>
batch_ptr make_batch(const record_type& type) {
  return batch_ptr{new batch<T>{type}};
}

inline void append_bytes(std::vector<char>& to, const void* bytes, std::size_t size) {
  auto* first = static_cast<const char*>(bytes);
  to.insert(to.end(), first, first + size);
}

template <class T>
void encode_values(const T* values, std::uint32_t count, std::vector<char>& to) {
  if constexpr (bytewise<T>) {
    append_bytes(to, values, count * sizeof(T));
  } else {
    // By way of a small buffer: growing `to` in place would clear the memory before it is written.
    char buffer[4096];
    char* at = buffer;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::size_t bound = encoded_bound(values[i]);
      if (bound > static_cast<std::size_t>(buffer + sizeof buffer - at)) {
        append_bytes(to, buffer, static_cast<std::size_t>(at - buffer));
        at = buffer;
        if (bound > sizeof buffer) {
          std::size_t start = to.size();
          to.resize(start + bound);
          char* end = write_value(to.data() + start, values[i]);
          to.resize(static_cast<std::size_t>(end - to.data()));
          continue;
        }
      }
      at = write_value(at, values[i]);
    }
    append_bytes(to, buffer, static_cast<std::size_t>(at - buffer));
  }
}

template <class T>
void encode_batch(const batch_base& base, std::vector<char>& to) {
  // The columns are allocated on first use, which a const batch cannot do; those read here are filled.
  auto& from = const_cast<batch<T>&>(static_cast<const batch<T>&>(base));
  char header[batch_header_size];
  std::memcpy(header, &from.size, sizeof from.size);
  header[4] =
      static_cast<char>((from.has_hashes ? hashes_bit : 0) | (from.has_timestamps ? timestamps_bit : 0));
  append_bytes(to, header, sizeof header);
  encode_values(from.values(), from.size, to);
  if (from.has_hashes)
    append_bytes(to, from.hashes(), from.size * sizeof(std::uint64_t));
  if (from.has_timestamps)
    append_bytes(to, from.timestamps(), from.size * sizeof(std::int64_t));
}

inline bool read_column(byte_reader& from, void* to, std::uint32_t count) {
  std::size_t size = count * sizeof(std::uint64_t);
  if (!from.needs(size))
    return false;
  std::memcpy(to, from.at, size);
  from.at += size;
  return true;
}

template <class T>
bool read_batch(byte_reader& from, batch<T>& into) {
  if (!from.needs(batch_header_size))
    return false;
  std::uint32_t count = load_4(from.at);
  auto columns = static_cast<std::uint8_t>(from.at[4]);
  from.at += batch_header_size;
  if (count > into.capacity)
    return from.fail("it claims more records than a batch holds");
  if ((columns & ~(hashes_bit | timestamps_bit)) != 0)
    return from.fail("it has a column that is not known");
  if constexpr (bytewise<T>) {
    std::size_t size = count * sizeof(T);
    if (!from.needs(size))
      return false;
    std::memcpy(static_cast<void*>(into.values()), from.at, size);
    from.at += size;
  } else {
    for (std::uint32_t i = 0; i < count; ++i)
      if (!read_value(from, into.values()[i]))
        return false;
  }
  if ((columns & hashes_bit) != 0 && !read_column(from, into.hashes(), count))
    return false;
  if ((columns & timestamps_bit) != 0 && !read_column(from, into.timestamps(), count))
    return false;
  into.size = count;
  into.has_hashes = (columns & hashes_bit) != 0;
  into.has_timestamps = (columns & timestamps_bit) != 0;
  return true;
}

template <class T>
std::string decode_batch(std::string_view& bytes, batch_base& base) {
  auto& into = static_cast<batch<T>&>(base);
  byte_reader from{bytes.data(), bytes.data() + bytes.size(), &into.bytes};
  if (!read_batch(from, into))
    return "these bytes are no batch of " + into.type->name + ": " + from.fault;
  bytes.remove_prefix(static_cast<std::size_t>(from.at - bytes.data()));
  return {};
}

template <class T>
void append_record(batch_base& to_base, const batch_base& from_base, std::uint32_t index) {
  auto& to = static_cast<batch<T>&>(to_base);
  auto& from = const_cast<batch<T>&>(static_cast<const batch<T>&>(from_base));
  T& value = to.values()[to.size];
  value = static_cast<const T&>(from.values()[index]);
  rehome(value, to.bytes);
  if (from.has_hashes)
    to.hashes()[to.size] = from.hashes()[index];
  if (from.has_timestamps)
    to.timestamps()[to.size] = from.timestamps()[index];
  to.has_hashes = from.has_hashes;
  to.has_timestamps = from.has_timestamps;
  ++to.size;
}

template <class T>
void format_in_batch(const batch_base& from, std::uint32_t index, std::string& to) {
  format_record(to, static_cast<const batch<T>&>(from).values()[index]);
}

template <class T>
record_type describe_record() {
  record_type type;
  type.name = type_name<T>();
  type.layout = hash_bytes(type.name.data(), type.name.size());
  if constexpr (bytewise<T>) // padding decides whether a struct is copied as a block
    type.layout = multiply_fold(type.layout ^ hash_seed_1, sizeof(T) ^ hash_seed_2);
  type.record_size = sizeof(T);
  type.capacity = batch<T>::capacity;
  type.make_batch = &make_batch<T>;
  type.encode = &encode_batch<T>;
  type.decode = &decode_batch<T>;
  type.append = &append_record<T>;
  type.format = &format_in_batch<T>;
  return type;
}

/// The record type of T. A compile error for a T that cannot be one.
template <class T>
const record_type& record_type_of() {
  if constexpr (check_record<T>()) {
    static const record_type type = describe_record<T>();
    return type;
  }
}

} // namespace weir::detail
