#define DOCTEST_CONFIG_IMPLEMENT

#include "seeds.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string_view>

/// Options besides doctest's: `--seeds N` for the number of seeds of randomised tests, `--seed N` for the
/// first.
int main(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string_view{argv[i]} == "--seeds")
      windows_test::seed_count = std::strtoull(argv[i + 1], nullptr, 10);
    if (std::string_view{argv[i]} == "--seed")
      windows_test::first_seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return doctest::Context{argc, argv}.run();
}
