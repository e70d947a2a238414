#include <weir/detail/job_entry.hpp>

WEIR_JOB(third_job_with_a_name_that_is_longer_than_the_alignment_of_arrays) {}
