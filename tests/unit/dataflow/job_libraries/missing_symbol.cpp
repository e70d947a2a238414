#include <weir/detail/job_entry.hpp>

void nobody_defines_this();

WEIR_JOB(incomplete) {
  nobody_defines_this();
}
