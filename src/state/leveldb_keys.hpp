#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Keys of a database that several states share. All integers are big endian, so that bytes compare as they
/// do; what a state gives and gets has no state number.
///
///     [key group:2][state:2][key of the state in ordered form]
///
/// The key group comes first, so that what was changed together, which is near by hash, is near on disk.
namespace weir::leveldb_keys {

inline constexpr std::size_t group_size = 2;
inline constexpr std::size_t prefix_size = 4;

inline char upper_byte(std::uint16_t number) {
  return static_cast<char>(number >> 8);
}
inline char lower_byte(std::uint16_t number) {
  return static_cast<char>(number & 0xff);
}

/// Puts the state's number into a key, or into a bound of keys: one that ends within the key group compares
/// the same without it.
inline void to_database(std::string_view key, std::uint16_t state, std::string& to) {
  if (key.size() < group_size) {
    to.assign(key);
    return;
  }
  to.assign(key.data(), group_size);
  to.push_back(upper_byte(state));
  to.push_back(lower_byte(state));
  to.append(key.data() + group_size, key.size() - group_size);
}

inline std::uint16_t number_at(std::string_view key, std::size_t offset) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(key[offset]) << 8 |
                                    static_cast<unsigned char>(key[offset + 1]));
}

inline std::uint16_t group_of(std::string_view key) {
  return number_at(key, 0);
}
inline std::uint16_t state_of(std::string_view key) {
  return number_at(key, group_size);
}

/// What the state knows of a key of the database.
inline void to_state(std::string_view key, std::string& to) {
  to.assign(key.data(), group_size);
  to.append(key.data() + prefix_size, key.size() - prefix_size);
}

/// Where the state's keys of a key group begin.
inline void begin_of(std::uint16_t group, std::uint16_t state, std::string& to) {
  to = {upper_byte(group), lower_byte(group), upper_byte(state), lower_byte(state)};
}

} // namespace weir::leveldb_keys
