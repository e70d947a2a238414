#include "word_oracle.hpp"

#include "process.hpp"

#include <charconv>
#include <random>
#include <sstream>
#include <stdexcept>

namespace weir::testing {

word_counts count_words(std::string_view text) {
  word_counts counts;
  std::string word;
  auto end_word = [&] {
    if (!word.empty())
      ++counts[word];
    word.clear();
  };
  for (char c : text) {
    if (c >= 'A' && c <= 'Z')
      word += static_cast<char>(c - 'A' + 'a');
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
      word += c;
    else
      end_word();
  }
  end_word();
  return counts;
}

word_counts count_words_with_coreutils(const std::vector<std::string>& files) {
  std::vector<std::string> command{
      "/bin/sh", "-c",
      R"(for file; do cat "$file"; echo; done | tr -cs 'A-Za-z0-9_' '\n' | tr 'A-Z' 'a-z' | grep . | sort | uniq -c)",
      "sh"};
  command.insert(command.end(), files.begin(), files.end());
  outcome done = run(command, patience, {{"LC_ALL", "C"}});
  if (!done.succeeded())
    throw std::runtime_error{"coreutils could not count: " + done.text()};
  word_counts counts;
  std::istringstream lines{done.output};
  std::uint64_t count = 0;
  for (std::string word; lines >> count >> word;)
    counts[word] = count;
  return counts;
}

word_counts read_word_counts(const std::filesystem::path& folder) {
  word_counts counts;
  for (const auto& part : std::filesystem::directory_iterator{folder}) {
    std::string name = part.path().filename().string();
    if (name.starts_with(".job-")) // says whose folder it is
      continue;
    if (!name.starts_with("part-"))
      throw std::runtime_error{"left behind: " + part.path().string()};
    std::istringstream lines{read_file(part.path())};
    for (std::string line; std::getline(lines, line);) {
      std::size_t tab = line.find('\t');
      std::uint64_t count = 0;
      const char* end = line.data() + line.size();
      if (tab == std::string::npos || std::from_chars(line.data() + tab + 1, end, count).ptr != end)
        throw std::runtime_error{"not a word, a tab and a count: '" + line + "'"};
      if (!counts.emplace(line.substr(0, tab), count).second)
        throw std::runtime_error{"twice in the output: '" + line.substr(0, tab) + "'"};
    }
  }
  return counts;
}

std::string invented_text(std::size_t bytes, std::size_t words, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto below = [&](std::uint64_t limit) { return random() % limit; };
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  std::vector<std::string> vocabulary(words);
  for (std::string& word : vocabulary)
    for (std::uint64_t length = 1 + below(below(20) == 0 ? 40 : 9); length > 0; --length)
      word += letters[below(letters.size())];
  constexpr std::string_view separators[] = {" ",   ", ",       "\n",       "\r\n", "\n\n",
                                             " - ", "\xc3\xa9", "\xff\xfe", ".\t"};
  std::string text;
  while (text.size() < bytes) {
    text += vocabulary[below(1 + below(words))];
    text += separators[below(3) == 0 ? below(std::size(separators)) : 0];
  }
  return text;
}

} // namespace weir::testing
