#include "state/snapshot_key_numbers.hpp"

#include <weir/detail/bytes.hpp>

#include <algorithm>
#include <bit>

namespace weir {

namespace {

constexpr std::size_t slots_min = 64;

} // namespace

void snapshot_key_numbers::expect(std::uint64_t keys) {
  std::size_t slots = std::bit_ceil(std::max<std::size_t>(2 * keys, slots_min));
  if (slots > slots_.size())
    grow(slots);
}

std::uint64_t& snapshot_key_numbers::operator[](std::string_view key) {
  if (2 * (used_ + 1) > slots_.size())
    grow(std::max(2 * slots_.size(), slots_min));
  std::uint64_t hash = detail::hash_bytes(key.data(), key.size());
  slot& found = slots_[place_of(key, hash)];
  if (!found.bytes) {
    // One byte more, so that the empty key has bytes too.
    char* bytes = bytes_.reserve(key.size() + 1);
    detail::copy_bytes(bytes, key.data(), key.size());
    found = {hash, bytes, key.size(), 0};
    ++used_;
  }
  return found.number;
}

std::uint64_t snapshot_key_numbers::find(std::string_view key) const {
  return used_ == 0 ? 0 : slots_[place_of(key, detail::hash_bytes(key.data(), key.size()))].number;
}

void snapshot_key_numbers::clear() {
  if (used_ != 0)
    std::ranges::fill(slots_, slot{});
  used_ = 0;
  bytes_.clear();
}

std::size_t snapshot_key_numbers::place_of(std::string_view key, std::uint64_t hash) const {
  std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].bytes &&
         (slots_[at].hash != hash || std::string_view{slots_[at].bytes, slots_[at].size} != key))
    at = (at + 1) & mask;
  return at;
}

void snapshot_key_numbers::grow(std::size_t slots) {
  std::vector<slot> before(slots);
  before.swap(slots_);
  std::size_t mask = slots - 1;
  for (const slot& moved : before) {
    if (!moved.bytes)
      continue;
    std::size_t at = moved.hash & mask;
    while (slots_[at].bytes)
      at = (at + 1) & mask;
    slots_[at] = moved;
  }
}

} // namespace weir
