#pragma once

#include "cluster.hpp"
#include "conditions.hpp"
#include "template_text.hpp"

#include "base/result.hpp"

#include <functional>
#include <string>

namespace weir::scenario {

/// What one look at the cluster found.
struct observation {
  bool holds = false;
  bool is_hopeless = false; ///< it will never hold
  std::string seen;         ///< for people: "the job is FAILING"
};

/// Where a condition looks.
struct check_context {
  cluster& nodes;
  const variable_lookup& variables;
  std::string checkpoints; ///< the folder of the job's
  std::string job;         ///< its id; empty: none was run
};

/// A look at a condition with the values that variables have now; what "more" counts from is now, too. May be
/// called as long as `nodes` lives. An error: a value of the wrong form, or a job that there is not.
result<std::function<observation()>> make_check(const condition& what, const check_context& context);

} // namespace weir::scenario
