#include <weir/detail/state/byte_spans.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

using weir::detail::byte_spans;

namespace {

/// Pieces with known bytes, and their owner.
class pieces {
public:
  explicit pieces(std::uint64_t seed) : random_{seed} {}

  void take(std::size_t size) {
    piece taken{spans_.take(size), size, static_cast<char>(random_())};
    std::memset(taken.bytes, taken.mark, size);
    all_.push_back(taken);
    bytes_ += size;
  }
  void give_back(std::size_t index) {
    check(all_[index]);
    spans_.give_back(all_[index].bytes);
    bytes_ -= all_[index].size;
    all_[index] = all_.back();
    all_.pop_back();
  }
  void give_some_back() { give_back(random_() % all_.size()); }

  /// As a table does, when it is asked to.
  bool move() {
    if (!spans_.begin_moving())
      return false;
    for (piece& each : all_) {
      if (!spans_.is_leaving(each.bytes))
        continue;
      char* to = spans_.take(each.size);
      std::memcpy(to, each.bytes, each.size);
      spans_.give_back(std::exchange(each.bytes, to));
    }
    spans_.end_moving();
    return true;
  }

  void check() const {
    for (const piece& each : all_)
      check(each);
  }
  [[nodiscard]] std::size_t count() const { return all_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const byte_spans& spans() const { return spans_; }
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }

private:
  struct piece {
    char* bytes;
    std::size_t size;
    char mark;
  };

  static void check(const piece& of) {
    REQUIRE(std::all_of(of.bytes, of.bytes + of.size, [&of](char c) { return c == of.mark; }));
  }

  std::mt19937_64 random_;
  byte_spans spans_;
  std::vector<piece> all_;
  std::size_t bytes_ = 0;
};

constexpr std::size_t sizes[] = {1, 15, 16, 17, 20, 21, 31, 64, 65, 100, 1000, 1025, 5000, 8191, 8192};

} // namespace

TEST_CASE("pieces of any size keep their bytes while others come, go and move") {
  std::uint64_t seed = std::random_device{}();
  CAPTURE(seed);
  pieces all{seed};
  for (std::size_t size : sizes)
    all.take(size);
  for (int round = 0; round < 40; ++round) {
    bool grow = all.count() < 1000 || all.below(2) == 0;
    std::size_t usual = 13 + all.below(3000);
    for (std::uint64_t i = all.below(5000); i > 0; --i)
      if (grow && all.below(4) != 0)
        all.take(all.below(20) == 0 ? sizes[all.below(std::size(sizes))] : 1 + all.below(usual));
      else if (all.count() > 0)
        all.give_some_back();
    all.move();
    all.check();
  }
  while (all.count() > 0)
    all.give_back(0);
  CHECK(all.spans().memory() <= 36 * (64 + 8 * 1024)); // a little of each class is kept
}

TEST_CASE("memory comes down to what is in use when sizes change and few pieces of the old ones are left") {
  pieces all{5};
  std::size_t phases[][2] = {{100, 200}, {600, 1200}, {40, 90}, {3000, 8000}, {20, 40}};
  constexpr std::size_t wanted = 16 * 1024 * 1024;
  for (auto [least, most] : phases) {
    CAPTURE(most);
    // In any order, so that survivors are everywhere.
    while (all.bytes() > wanted / 8)
      all.give_some_back();
    while (all.bytes() < wanted)
      all.take(least + all.below(most - least));
    while (all.move())
      ;
    all.check();
    // Sizes are rounded up by at most a quarter, and an eighth may be free.
    CHECK(all.spans().memory() < all.bytes() * 130 / 100);
    CHECK(all.spans().needed() <= all.spans().memory());
    CHECK(all.spans().needed() >= all.bytes());
  }
}

TEST_CASE("nothing is moved where little is free") {
  pieces all{6};
  for (int i = 0; i < 100'000; ++i)
    all.take(100);
  CHECK_FALSE(all.move());
  for (int i = 0; i < 5'000; ++i)
    all.give_some_back();
  CHECK_FALSE(all.move());
  for (int i = 0; i < 45'000; ++i)
    all.give_some_back();
  CHECK(all.move());
  CHECK_FALSE(all.move());
}
