// The jobs of the benches of windows: see jobs.cpp.

#include "window_workload.hpp"

#include <weir/weir.hpp>

#include <chrono>
#include <cstdint>

namespace {

struct counting {
  using accumulator = std::uint64_t;
  void add(std::uint64_t& count, const bench::timed_key&) const { ++count; }
  void merge(std::uint64_t& count, std::uint64_t other) const { count += other; }
  void remove(std::uint64_t& count, std::uint64_t other) const { count -= other; }
  std::uint64_t result(std::uint64_t count) const { return count; }
};

/// Adds up the checksum, and measures how long the stream took for a piece of event time: from the first
/// result of the windows that end at its beginning to the first of those that end at its end.
class result_meter {
public:
  result_meter(std::int64_t from_ms, std::int64_t to_ms) : from_ms_{from_ms}, to_ms_{to_ms} {}

  void open(weir::function_context& context) {
    took_ms_ = context.accumulators().sum<std::int64_t>(bench::measured_ms_name);
  }
  void process(const bench::window_count& each, weir::record_context& context,
               weir::collector<std::uint64_t>&) {
    checksum_ += bench::checksum_of(each);
    if (each.end_ms > latest_ms_) [[unlikely]]
      note_window(each.end_ms, context.processing_time());
  }
  void finish(weir::collector<std::uint64_t>& out) { out.emit(checksum_); }

private:
  /// Windows come in the order of their ends.
  void note_window(std::int64_t end_ms, std::int64_t now_ms) {
    if (latest_ms_ < from_ms_ && end_ms >= from_ms_)
      took_ms_.add(-now_ms);
    if (latest_ms_ < to_ms_ && end_ms >= to_ms_)
      took_ms_.add(now_ms);
    latest_ms_ = end_ms;
  }

  std::int64_t from_ms_;
  std::int64_t to_ms_;
  std::int64_t latest_ms_ = 0;
  std::uint64_t checksum_ = 0;
  weir::sum_accumulator<std::int64_t> took_ms_;
};

template <class Windows>
void count_in_windows(weir::environment& env, weir::arguments& args, Windows windows) {
  auto records = args.required<std::uint64_t>("records");
  bench::timed_stream stream{args.required<std::uint64_t>("distinct"),
                             args.required<std::uint64_t>("records-per-second")};
  auto counts =
      env.from(weir::generate(records, [stream](std::uint64_t i) { return stream(i); }))
          .assign_timestamps(weir::watermarks::bounded_out_of_orderness(
              &bench::timed_key::time_ms, std::chrono::milliseconds{bench::timed_stream::disorder_ms}))
          .key_by(&bench::timed_key::key)
          .window(windows)
          .template aggregate<bench::window_count>(counting{}, [](std::uint64_t key, const weir::window& in,
                                                                  std::uint64_t count,
                                                                  weir::collector<bench::window_count>& out) {
            out.emit({key, in.end, count});
          });
  auto second = [&](const char* name) {
    return bench::timed_stream::begin_ms + 1000 * args.optional<std::int64_t>(name, 0);
  };
  counts.template process<std::uint64_t>(result_meter{second("measure-from"), second("measure-to")})
      .name("checksum")
      .collect("checksum");
}

constexpr std::chrono::milliseconds slide{bench::window_size_ms};

} // namespace

WEIR_JOB(tumbling) {
  count_in_windows(env, args, weir::tumbling(slide));
}

WEIR_JOB(sliding) {
  count_in_windows(env, args, weir::sliding(bench::sliding_windows * slide, slide));
}
