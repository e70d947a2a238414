#pragma once

#include <weir/detail/batch.hpp>
#include <weir/detail/watermark_clock.hpp>
#include <weir/watermarks.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir::detail {

template <class Generator, class T>
concept watches_records = requires(Generator& generator, const T& record, std::int64_t time,
                                   watermark_output& out) {
  generator.on_record(record, time, out);
};

template <class Generator>
concept works_periodically = requires(Generator& generator, watermark_output& out) {
  generator.on_periodic(out);
};

/// Generators of the engine are called with every record as well, but have something new to say only after
/// one.
template <class Generator>
inline constexpr bool speaks_unasked = works_periodically<Generator>;
template <>
inline constexpr bool speaks_unasked<watermarks::bounded_generator> = false;

/// Gives each record its event time, and makes the watermarks of the stream behind it.
template <class T, class F, class Generator>
class timestamps_operator final : public stream_operator {
public:
  explicit timestamps_operator(const watermark_strategy<F, Generator>& strategy)
      : time_{strategy.time()},
        generator_{strategy.generator()},
        clock_{{strategy.idle_after_ms(), strategy.group(), strategy.max_drift_ms()}} {}

  void open(operator_context& context) override {
    out_ = context.out();
    clock_.open(context, speaks_unasked<Generator>);
  }

  [[nodiscard]] bool makes_time() const override { return true; }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    const T* values = in.values();
    event_time* times = in.timestamps();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      times[i] = static_cast<event_time>(std::invoke(time_, values[i]));
      if constexpr (watches_records<Generator, T>)
        generator_.on_record(values[i], times[i], clock_.said());
    }
    in.has_timestamps = true;
    in.has_hashes = false;
    out_->emit(records);
    if (clock_.after_records()) {
      ask();
      clock_.send();
    } else if (!std::same_as<Generator, watermarks::bounded_generator>) {
      clock_.send(); // what on_record said
    }
  }

  void on_processing_time(std::int64_t wall_ms) override {
    ask();
    clock_.on_tick(wall_ms);
  }

  void end_of_input(std::uint32_t) override { clock_.end(); }

private:
  void ask() {
    if constexpr (works_periodically<Generator>)
      generator_.on_periodic(clock_.said());
  }

  F time_;
  Generator generator_;
  watermark_clock clock_;
  output* out_ = nullptr;
};

} // namespace weir::detail
