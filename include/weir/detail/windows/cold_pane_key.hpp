#pragma once

#include <weir/detail/bytes.hpp>
#include <weir/detail/operator.hpp>
#include <weir/detail/ordered_bytes.hpp>
#include <weir/detail/state.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// How a cold store has the entries of panes. All numbers are in ordered form, so big-endian:
///
///     [key group:2][pane:8][place:4][key, ordered][layer:4]
///
/// The place is the upper half of the key's hash. So the entries of a pane lie in the order in which tables
/// have them: writing a table needs no sorting to speak of, and any range of hashes can be read by itself.
namespace weir::detail {

/// An entry's key, taken apart.
struct cold_pane_key {
  static constexpr std::size_t in_front = 14; ///< bytes before the key
  static constexpr std::size_t behind = 4;

  event_time pane = 0;
  std::uint32_t group = 0;
  std::uint32_t place = 0;
  std::uint32_t layer = 0;
  std::string_view key;   ///< in ordered form
  std::string_view entry; ///< all but the layer

  static std::uint32_t place_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }

  /// Throws state_error when the bytes are too few.
  static cold_pane_key read(std::string_view bytes) {
    if (bytes.size() < in_front + behind)
      throw state_error{"the store of windows is corrupted: a key is too short"};
    cold_pane_key read;
    read.entry = bytes.substr(0, bytes.size() - behind);
    read.key = read.entry.substr(in_front);
    read.group = number<std::uint16_t>(bytes.data());
    read.pane = number<event_time>(bytes.data() + 2);
    read.place = number<std::uint32_t>(bytes.data() + 10);
    read.layer = number<std::uint32_t>(bytes.data() + bytes.size() - behind);
    return read;
  }

  /// What all keys of a pane and key group begin with.
  static std::string of_pane(std::uint32_t group, event_time pane) {
    std::string to;
    append_ordered(to, static_cast<std::uint16_t>(group));
    append_ordered(to, pane);
    return to;
  }

  /// Where those of them begin that have this place or a later one.
  static std::string from_place(std::uint32_t group, event_time pane, std::uint32_t place) {
    std::string to = of_pane(group, pane);
    append_ordered(to, place);
    return to;
  }

private:
  template <class T>
  static T number(const char* from) {
    unsigned_of_size<T> ordered;
    std::memcpy(&ordered, from, sizeof ordered);
    return number_of_ordered<T>(swap_bytes(ordered));
  }
};

} // namespace weir::detail
