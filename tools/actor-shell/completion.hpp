#pragma once

#include "command.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::tools::shell {

/// What an argument can be: the words worth offering, and those that are offered only when none of them fits.
struct known_words {
  std::vector<std::string> offered;
  std::vector<std::string> others;
};

/// What the key for completion does to a line.
struct completion {
  std::size_t replaced = 0;            ///< bytes before the cursor that `inserted` takes the place of
  std::string inserted;                ///< empty: the line stays
  std::vector<std::string> candidates; ///< more than one: to be shown
};

using word_source = std::function<known_words(argument_kind)>;

/// Completes what stands before the cursor, as far as it is the same for all that it can become. `words` is
/// asked only for names that the master knows.
completion complete(std::string_view before_cursor, const word_source& words);

/// The names of jobs or of all that can be inspected, as the master knows them; none when it does not answer.
known_words words_of_cluster(cluster& of, argument_kind kind);

} // namespace weir::tools::shell
