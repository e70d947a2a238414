#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench::limits {

/// A string hash for short keys: two overlapping loads and one wide multiplication up to 16 bytes.
[[gnu::always_inline]] inline std::uint64_t hash_of(std::string_view key) {
  constexpr std::uint64_t first_secret = 0xa0761d6478bd642fu, second_secret = 0xe7037ed1a0b428dbu;
  auto load = [](const char* from, std::size_t size) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, size);
    return value;
  };
  auto folded = [](std::uint64_t a, std::uint64_t b) {
    auto product = static_cast<unsigned __int128>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const char* bytes = key.data();
  std::size_t size = key.size();
  std::uint64_t seed = size, a = 0, b = 0;
  if (size >= 4 && size <= 16) {
    std::size_t piece = size >= 8 ? 8 : 4;
    a = piece == 8 ? load(bytes, 8) : load(bytes, 4);
    b = piece == 8 ? load(bytes + size - 8, 8) : load(bytes + size - 4, 4);
  } else if (size > 16) {
    std::size_t left = size;
    for (const char* from = bytes; left > 16; from += 16, left -= 16)
      seed = folded(load(from, 8) ^ seed ^ first_secret, load(from + 8, 8) ^ second_secret);
    a = load(bytes + size - 16, 8);
    b = load(bytes + size - 8, 8);
  } else if (size != 0) {
    auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(bytes[i])}; };
    a = byte(0) << 16 | byte(size >> 1) << 8 | byte(size - 1);
  }
  return folded(a ^ first_secret ^ seed, b ^ second_secret) | 1;
}

/// Counts by word. Linear probing at a load of at most a half, the words' bytes in one array.
class word_table {
public:
  [[gnu::always_inline]] std::uint64_t& operator[](std::string_view word) {
    std::uint64_t hash = hash_of(word);
    for (std::uint64_t i = hash >> shift_;; i = (i + 1) & (slots_.size() - 1)) {
      slot& at = slots_[i];
      if (at.hash == hash && at.size == word.size() &&
          std::memcmp(bytes_.data() + at.begin, word.data(), word.size()) == 0)
        return at.count;
      if (at.hash == 0)
        return insert(word, hash, at);
    }
  }

  template <class F>
  void each(F&& f) const {
    for (const slot& at : slots_)
      if (at.hash != 0)
        f(std::string_view{bytes_}.substr(at.begin, at.size), at.count);
  }

private:
  struct slot {
    std::uint64_t hash = 0;
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
    std::uint64_t count = 0;
  };

  [[gnu::noinline]] std::uint64_t& insert(std::string_view word, std::uint64_t hash, slot& free) {
    slot* at = &free;
    if (++size_ * 2 > slots_.size()) {
      auto old = std::exchange(slots_, std::vector<slot>(slots_.size() * 2));
      --shift_;
      for (const slot& moved : old)
        if (moved.hash != 0)
          free_slot(moved.hash) = moved;
      at = &free_slot(hash);
    }
    *at = {hash, static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(word.size()), 0};
    bytes_ += word;
    return at->count;
  }

  slot& free_slot(std::uint64_t hash) {
    std::uint64_t i = hash >> shift_;
    while (slots_[i].hash != 0)
      i = (i + 1) & (slots_.size() - 1);
    return slots_[i];
  }

  std::vector<slot> slots_ = std::vector<slot>(1024);
  int shift_ = 64 - std::countr_zero(std::size_t{1024});
  std::uint64_t size_ = 0;
  std::string bytes_;
};

} // namespace bench::limits
