#include "state/snapshot_key_numbers.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>

using namespace weir;

TEST_CASE("each key has the number it was given since the numbers were cleared") {
  std::mt19937_64 random{1};
  snapshot_key_numbers numbers;
  for (int round = 0; round < 20; ++round) {
    std::map<std::string, std::uint64_t> expected;
    numbers.clear();
    if (round % 2 == 0)
      numbers.expect(random() % 1000);
    auto some_key = [&] { return std::string(random() % 40, 'k') + std::to_string(random() % 50); };
    CHECK(numbers.find("") == 0);
    for (auto left = random() % 3000; left != 0; --left) {
      std::string key = random() % 100 == 0 ? std::string{} : some_key();
      CHECK(numbers[key] == expected[key]);
      numbers[key] = expected[key] = random();
      std::string other = some_key();
      CHECK(numbers.find(other) == (expected.contains(other) ? expected[other] : 0));
    }
    for (const auto& [key, number] : expected)
      CHECK(numbers.find(key) == number);
  }
}
