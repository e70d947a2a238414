#include <weir/environment.hpp>

#include <weir/detail/graph_builder.hpp>

#include "dataflow/code_settings.hpp"

#include <stdexcept>

namespace weir {

environment& environment::name(std::string value) {
  graph_.job_name = std::move(value);
  return *this;
}

environment& environment::set_parallelism(std::uint32_t subtasks) {
  graph_.parallelism = detail::checked_parallelism(subtasks, "the job");
  return *this;
}

environment& environment::set_max_parallelism(std::uint32_t key_groups) {
  graph_.max_parallelism = detail::checked_parallelism(key_groups, "the job's key groups");
  return *this;
}

environment& environment::disable_chaining() {
  graph_.chaining_enabled = false;
  return *this;
}

environment& environment::set_buffer_timeout_ms(std::int64_t timeout) {
  if (timeout < -1)
    throw std::invalid_argument{
        "a buffer timeout of " + std::to_string(timeout) +
        " ms: use a time, 0 to send each record at once, or -1 to send only full batches"};
  graph_.buffer_timeout_ms = timeout;
  return *this;
}

environment& environment::set_watermark_interval_ms(std::int64_t interval) {
  if (interval < 0)
    throw std::invalid_argument{"a watermark interval of " + std::to_string(interval) +
                                " ms: use a time, or 0 for a watermark behind every batch"};
  graph_.watermark_interval_ms = interval;
  return *this;
}

environment& environment::set_state_backend(state_backend backend) {
  graph_.backend = backend;
  return *this;
}

environment& environment::enable_checkpointing(std::chrono::milliseconds interval) {
  if (interval < std::chrono::milliseconds{1})
    throw std::invalid_argument{"a checkpoint interval of " + std::to_string(interval.count()) +
                                " ms: it is at least 1 ms"};
  graph_.checkpoint_interval = interval;
  return *this;
}

environment& environment::set_restart_strategy(restart_settings how) {
  graph_.restart = how;
  if (auto sound = settings_of(graph_); !sound)
    throw std::invalid_argument{"the restart strategy cannot be: " + sound.failure().message()};
  return *this;
}

} // namespace weir
