#pragma once

#include <weir/detail/arena.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {

/// A number for each of some byte strings. Filled, asked and cleared again and again with the same memory.
class snapshot_key_numbers {
public:
  /// Makes room, so that `keys` of them can be added without growing.
  void expect(std::uint64_t keys);
  /// The number of the key, which is 0 when it has none yet. Valid until the next call.
  std::uint64_t& operator[](std::string_view key);
  /// The same for a key that is not to be added.
  [[nodiscard]] std::uint64_t find(std::string_view key) const;
  void clear();

private:
  /// Open addressing: at most half of the slots are taken, and a free one has no bytes.
  struct slot {
    std::uint64_t hash = 0;
    const char* bytes = nullptr;
    std::size_t size = 0;
    std::uint64_t number = 0;
  };

  /// The slot of the key, or the free one where it belongs.
  [[nodiscard]] std::size_t place_of(std::string_view key, std::uint64_t hash) const;
  void grow(std::size_t slots);

  std::vector<slot> slots_;
  std::size_t used_ = 0;
  detail::arena bytes_;
};

} // namespace weir
