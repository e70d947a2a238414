#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>

/// In a file of its own.
WEIR_JOB(third_job_with_a_name_that_is_longer_than_the_alignment_of_arrays) {
  env.graph().nodes.resize(3);
}
