#include "fuzz_target.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

/// run_corpus FOLDER [SEED]: gives each file of the corpus to the fuzz target, and then mutations of it.
namespace {

using bytes = std::vector<std::uint8_t>;

constexpr int mutations_per_file = 2000;

void run(const bytes& input) {
  // In memory of its own size, so that a sanitizer sees what reads past its end.
  bytes exact(input);
  exact.shrink_to_fit();
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

bytes mutated(bytes input, std::mt19937_64& random) {
  for (auto changes = 1 + random() % 4; changes != 0 && !input.empty(); --changes) {
    auto at = input.begin() + static_cast<std::ptrdiff_t>(random() % input.size());
    switch (random() % 5) {
    case 0:
      *at ^= static_cast<std::uint8_t>(1 << random() % 8);
      break;
    case 1:
      *at = static_cast<std::uint8_t>(random());
      break;
    case 2:
      std::fill_n(at, std::min<std::ptrdiff_t>(8, input.end() - at), 0xff);
      break;
    case 3:
      input.erase(at, input.end());
      break;
    default: // a word of another place, which is how offsets and lengths get interesting values
      std::size_t words = input.size() / 8;
      if (words != 0)
        std::memmove(&input[random() % words * 8], &input[random() % words * 8], 8);
    }
  }
  return input;
}

} // namespace

int main(int count, char** arguments) {
  if (count < 2)
    return 2;
  std::uint64_t seed = count > 2 ? std::stoull(arguments[2]) : 1;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator{arguments[1]})
    files.push_back(entry.path());
  std::ranges::sort(files);
  require(!files.empty(), "the corpus is empty");

  std::mt19937_64 random{seed};
  for (const auto& path : files) {
    std::ifstream file{path, std::ios::binary};
    bytes input{std::istreambuf_iterator<char>{file}, {}};
    std::printf("%s: %zu bytes, seed %llu\n", path.c_str(), input.size(),
                static_cast<unsigned long long>(seed));
    std::fflush(stdout); // the last line names the file of a crash
    run(input);
    for (int i = 0; i < mutations_per_file; ++i)
      run(mutated(input, random));
  }
}
