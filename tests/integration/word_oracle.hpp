#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::testing {

using word_counts = std::map<std::string, std::uint64_t>;

/// Counts words (maximal runs of ASCII letters, digits and '_', lower-cased) by a plain loop over the bytes.
word_counts count_words(std::string_view text);

/// The same with tr, sort and uniq.
word_counts count_words_with_coreutils(const std::vector<std::string>& files);

/// Reads the `word<TAB>count` lines of a finished output folder. Throws std::runtime_error when a word stands
/// there twice, a line has another form, or a part file was left unfinished.
word_counts read_word_counts(const std::filesystem::path& folder);

/// Words from a vocabulary of `words`, frequent ones more often, with punctuation, upper case, blank lines
/// and bytes that are not UTF-8 between them. The same seed gives the same text.
std::string invented_text(std::size_t bytes, std::size_t words, std::uint64_t seed);

} // namespace weir::testing
