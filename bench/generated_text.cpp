#include "workloads.hpp"

#include <cmath>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace bench {

void write_generated_text(const std::string& path, std::uint64_t bytes) {
  constexpr std::size_t vocabulary_size = 10'000;
  std::uint64_t drawn = 0;
  auto next = [&] { return random_number(drawn++); };

  std::vector<std::string> vocabulary(vocabulary_size);
  for (std::string& word : vocabulary)
    for (std::uint64_t letters = 2 + next() % 9; letters > 0; --letters)
      word += static_cast<char>('a' + next() % 26);

  std::ofstream file{path, std::ios::binary};
  std::string line;
  for (std::uint64_t written = 0; written < bytes; written += line.size()) {
    line.clear();
    for (int i = 0; i < 10; ++i) {
      double uniform = static_cast<double>(next() >> 11) * 0x1p-53;
      auto rank = static_cast<std::size_t>(std::exp(uniform * std::log(vocabulary_size))) - 1;
      std::string word = vocabulary[rank];
      if (next() % 10 == 0)
        word[0] = static_cast<char>(word[0] - 'a' + 'A');
      line += word;
      if (i < 9)
        line += next() % 8 != 0 ? " " : ", ";
      else
        line += next() % 4 != 0 ? "\n" : ".\n";
    }
    file << line;
  }
  if (!file.flush())
    throw std::runtime_error{"cannot write " + path};
}

} // namespace bench
