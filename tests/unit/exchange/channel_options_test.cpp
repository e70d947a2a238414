#include "exchange/channel_options.hpp"

#include <doctest/doctest.h>

#include <functional>

using weir::channel_options;

TEST_CASE("the defaults are sound") {
  CHECK(weir::check({}));
}

TEST_CASE("a value that no channel can work with is refused by the name of its key") {
  struct {
    std::function<void(channel_options&)> spoil;
    const char* key;
  } cases[] = {
      {[](auto& o) { o.segment_size = 1023; }, "taskmanager.memory.segment-size"},
      {[](auto& o) { o.segment_size = 17 << 20; }, "taskmanager.memory.segment-size"},
      {[](auto& o) { o.buffers_per_channel = 0; }, "taskmanager.network.memory.buffers-per-channel"},
      {[](auto& o) { o.buffers_per_channel = 65537; }, "taskmanager.network.memory.buffers-per-channel"},
      {[](auto& o) { o.batch_max_size = 1024; }, "taskmanager.network.batch.max-size"},
      {[](auto& o) { o.batch_max_size = std::size_t{2} << 30; }, "taskmanager.network.batch.max-size"},
      {[](auto& o) { o.open_retry_initial = {}; }, "channel.open.retry.initial"},
      {[](auto& o) { o.open_retry_max = std::chrono::milliseconds{1}; }, "channel.open.retry.max"},
      {[](auto& o) { o.open_timeout = {}; }, "channel.open.timeout"},
  };
  for (const auto& one : cases) {
    channel_options options;
    one.spoil(options);
    auto checked = weir::check(options);
    REQUIRE_FALSE(checked);
    CHECK(checked.failure().message().find(one.key) != std::string::npos);
  }
}
