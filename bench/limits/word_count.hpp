#pragma once

#include "../bench_case.hpp"
#include "../workloads.hpp"
#include "word_table.hpp"

#include <weir/words.hpp>

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

namespace bench::limits {

/// Reads a file block by block, cut at line ends, and counts its words.
inline run word_count(const std::string& path) {
  constexpr std::size_t block_size = 1 << 20;
  std::ifstream file{path, std::ios::binary};
  if (!file)
    throw std::runtime_error{"cannot read " + path};
  word_table counts;
  std::uint64_t words = 0;
  auto count = [&](std::string_view text) {
    weir::for_each_word(text, [&](std::string_view word) {
      ++counts[word];
      ++words;
    });
  };
  std::string block(block_size, '\0');
  std::size_t kept_bytes = 0; // the begin of a line whose end is in the next block
  for (;;) {
    file.read(block.data() + kept_bytes, static_cast<std::streamsize>(block.size() - kept_bytes));
    std::string_view text{block.data(), kept_bytes + static_cast<std::size_t>(file.gcount())};
    if (file.eof()) {
      count(text);
      break;
    }
    std::size_t lines = text.rfind('\n') + 1; // 0: a line longer than the block
    count(text.substr(0, lines));
    kept_bytes = text.size() - lines;
    if (lines == 0)
      block.resize(block.size() * 2);
    else
      std::memmove(block.data(), block.data() + lines, kept_bytes);
  }
  run done{static_cast<double>(words), 0};
  counts.each([&](std::string_view word, std::uint64_t n) { done.checksum += checksum_of(word, n); });
  return done;
}

} // namespace bench::limits
