#include <weir/detail/job_entry.hpp>

int unused() {
  return weir_job_table().begin == weir_job_table().end;
}
