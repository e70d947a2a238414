#include "scheduler/checkpoint_settings.hpp"

#include "base/configuration.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace weir;
using namespace std::chrono_literals;

namespace {

checkpoint_settings settings_of(const std::map<std::string, std::string>& keys) {
  configuration values;
  for (const auto& [key, value] : keys)
    REQUIRE(values.set(key, value));
  REQUIRE(values.warnings().empty());
  return read_checkpoint_settings(values);
}

} // namespace

TEST_CASE("without an interval there are no checkpoints") {
  CHECK_FALSE(settings_of({}).enabled());
  CHECK_FALSE(settings_of({{"execution.checkpointing.interval", "0"}}).enabled());
}

TEST_CASE("what is not configured is as in Flink") {
  checkpoint_settings settings = settings_of({{"execution.checkpointing.interval", "1 s"}});
  CHECK(settings.enabled());
  CHECK(settings.timeout == 10min);
  CHECK(settings.min_pause == 0ms);
  CHECK(settings.max_concurrent == 1);
  CHECK(settings.tolerable_failures == 0);
  CHECK(settings.num_retained == 1);
  CHECK(settings.mode == checkpoint_mode::exactly_once);
  CHECK(settings.retention == checkpoint_retention::none);
  CHECK_FALSE(settings.incremental);
  CHECK_FALSE(settings.local_copies);
  CHECK(settings.history_size == 10);
}

TEST_CASE("every key of checkpoints is heeded") {
  checkpoint_settings settings = settings_of({
      {"execution.checkpointing.interval", "5 s"},
      {"execution.checkpointing.timeout", "1 min"},
      {"execution.checkpointing.min-pause", "2 s"},
      {"execution.checkpointing.max-concurrent-checkpoints", "3"},
      {"execution.checkpointing.tolerable-failed-checkpoints", "4"},
      {"execution.checkpointing.num-retained", "5"},
      {"execution.checkpointing.mode", "AT_LEAST_ONCE"},
      {"execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION"},
      {"execution.checkpointing.incremental", "true"},
      {"execution.checkpointing.dir", "/checkpoints"},
      {"execution.state-recovery.from-local", "true"},
      {"state.snapshot.fold.length", "6"},
      {"state.snapshot.fold.ratio", "0.25"},
      {"web.checkpoints.history", "7"},
  });
  CHECK(settings.interval == 5s);
  CHECK(settings.timeout == 1min);
  CHECK(settings.min_pause == 2s);
  CHECK(settings.max_concurrent == 3);
  CHECK(settings.tolerable_failures == 4);
  CHECK(settings.num_retained == 5);
  CHECK(settings.mode == checkpoint_mode::at_least_once);
  CHECK(settings.retention == checkpoint_retention::after_failure_cancel);
  CHECK(settings.incremental);
  CHECK(settings.local_copies);
  CHECK(settings.directory == "/checkpoints");
  CHECK(settings.chain_length_max == 6);
  CHECK(settings.chain_ratio_max == 0.25);
  CHECK(settings.history_size == 7);
  CHECK(settings_of({{"execution.checkpointing.externalized-checkpoint-retention", "DELETE_ON_CANCELLATION"}})
            .retention == checkpoint_retention::after_failure);
}
