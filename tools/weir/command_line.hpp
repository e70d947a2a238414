#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace weir::tools {

/// The index of the first word from `begin` on that is neither an option nor the value of one; words.size()
/// when there is none. `takes_value` tells whether an option, given as "-p" or "--name", takes a value.
///
/// Behind that word everything belongs to somebody else, so it must be found before the options are parsed.
std::size_t find_positional(std::span<const std::string> words, std::size_t begin,
                            const std::function<bool(std::string_view option)>& takes_value);

/// What is wrong with the parallelism `text`, as a sentence that names the range; empty when nothing is.
std::string parallelism_problem(const std::string& text);

/// What is wrong with `text` as the id of a job; empty when nothing is.
std::string job_id_problem(const std::string& text);

} // namespace weir::tools
