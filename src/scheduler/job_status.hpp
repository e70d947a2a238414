#pragma once

#include "wire/job_details.hpp"

#include <string_view>

namespace weir {

std::string_view to_string(job_state state); // upper case
bool is_terminal(job_state state);

} // namespace weir
