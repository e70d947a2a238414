#pragma once

#include "keyed_operators.hpp"
#include "random_windows.hpp"

#include <weir/sources.hpp>
#include <weir/weir.hpp>

#include <utility>
#include <vector>

namespace windows_test {

inline const weir::side_output<event> late_events{"late"};

/// Subtasks of the operator that a dataflow ends with: `build(stream of T)` makes it as a job does.
template <class T, class Build>
keyed_operators operators_of(Build build) {
  weir::environment env;
  build(env.from(weir::from_elements(std::vector<T>{})));
  keyed_operators made{env.graph().nodes.back().make};
  made.sides = {{"late", &record_type_of<event>()}};
  return made;
}

template <class Build>
keyed_operators operators_of(Build build) {
  return operators_of<event>(std::move(build));
}

} // namespace windows_test
