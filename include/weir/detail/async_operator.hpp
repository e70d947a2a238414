#pragma once

#include <weir/async.hpp>
#include <weir/collector.hpp>
#include <weir/detail/async_calls.hpp>
#include <weir/function_context.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// A function of the user whose results come later, from any thread: see stream::async.
///
/// Records and watermarks wait in line until they are answered and may go on. At most `capacity` calls are
/// under way: then the task is asked to hold its input, and what comes nevertheless waits for its call. No
/// thread of the engine ever waits for an answer, but at the end of the input; while calls are under way the
/// operator looks for answers once a millisecond. The records in line are the operator's state: after a
/// restore their calls are made again.
template <class In, class Out, class F>
class async_operator final : public stream_operator {
public:
  async_operator(F function, const async_options& options)
      : function_{std::move(function)}, options_{options}, calls_{options} {}

  void open(operator_context& context) override {
    context_ = &context;
    out_.attach(context.out());
    opening_.emplace(context);
    open_function(function_, *opening_);
    state_type type{"weir.async_calls", state_kind::operator_list, {}, {}, type_name<In>(), {}};
    auto collect = [](void* of, std::vector<std::string>& to) {
      static_cast<async_calls<In, Out>*>(of)->collect(to);
    };
    for (const std::string& element : context.states().add_elements(type, &calls_, collect))
      if (const char* fault = calls_.restore(element))
        throw state_error{std::string{"the snapshot of asynchronous calls cannot be read: "} + fault};
    go_on();
  }

  [[nodiscard]] bool makes_time() const override { return true; }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<In>&>(*records);
    const In* values = in.values();
    const event_time* times = in.has_timestamps ? in.timestamps() : nullptr;
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      calls_.add(values[i], times ? std::optional{times[i]} : std::nullopt);
    go_on();
  }

  void flush() override { out_.flush(); }

  void on_watermark(event_time time) override {
    if (time != max_event_time) // that one follows the end
      calls_.add_watermark(time);
    go_on();
  }

  void on_processing_time(std::int64_t) override { go_on(); }

  bool drain() override {
    go_on();
    if (calls_.empty())
      return false;
    calls_.answers()->wait(end_poll);
    return true;
  }

  void close() noexcept override {
    calls_.answers()->close();
    close_function(function_);
  }

private:
  static constexpr std::int64_t poll_ms = 1;
  static constexpr std::chrono::milliseconds end_poll{10};

  /// Takes answers, lets go on what may, and makes the calls there is room for.
  void go_on() {
    std::int64_t now = context_->monotonic_ms();
    do {
      calls_.take_answers(now);
      calls_.check_timeouts(now);
      calls_.release([this](Out& record, const std::optional<event_time>& time) { emit(record, time); },
                     [this](event_time time) { emit_watermark(time); });
      calls_.start(now, [this](const In& record, const async_result<Out>& result) { call(record, result); });
    } while (calls_.answers()->any()); // some are given at once
    if (bool full = calls_.is_full(); full != holding_) {
      holding_ = full;
      context_->hold_input(full);
    }
    if (!calls_.empty())
      context_->wake_at(context_->wall_ms() + poll_ms);
  }

  void emit(Out& record, const std::optional<event_time>& time) {
    out_.begin(time.has_value());
    if (time)
      out_.at(*time);
    out_.emit(std::move(record));
  }

  void emit_watermark(event_time time) {
    out_.flush();
    context_->emit_watermark(time);
  }

  void call(const In& record, const async_result<Out>& result) {
    try {
      if constexpr (requires { function_.call(record, result); })
        function_.call(record, result);
      else
        std::invoke(function_, record, result);
    } catch (const std::exception& thrown) {
      result.fail(thrown.what());
    }
  }

  F function_;
  async_options options_;
  operator_context* context_ = nullptr;
  std::optional<function_context> opening_;
  async_calls<In, Out> calls_;
  bool holding_ = false;
  collector<Out> out_;
};

} // namespace weir::detail
