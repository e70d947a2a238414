#pragma once

#include <weir/async.hpp>
#include <weir/detail/arena.hpp>
#include <weir/detail/contained_text.hpp>
#include <weir/detail/operator.hpp>
#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::detail {

/// The line of records and watermarks in front of asynchronous calls: what may start, what has ended, what
/// may go on. Call n is at place n - first_ of the line.
template <class In, class Out>
class async_calls {
public:
  explicit async_calls(const async_options& options) : options_{options} {}

  void add(const In& record, std::optional<event_time> time) {
    auto& added = line_.emplace_back();
    added.call = std::make_unique<call>();
    added.call->record = record;
    if constexpr (contains_text<In>)
      rehome(added.call->record, added.call->bytes);
    added.call->time = time;
    waiting_.push_back(first_ + line_.size() - 1);
  }

  void add_watermark(event_time time) { line_.emplace_back().watermark = time; }

  [[nodiscard]] bool empty() const { return line_.empty(); }
  /// As many as may be have begun and not gone on yet: no further call begins.
  [[nodiscard]] bool is_full() const { return begun_ >= options_.capacity; }
  [[nodiscard]] const std::shared_ptr<async_answers<Out>>& answers() const { return answers_; }

  /// Calls `f(record, async_result)` for those that wait, as many as may be under way.
  template <class F>
  void start(std::int64_t now_ms, F&& f) {
    while (!retries_.empty() && retries_.front().at_ms <= now_ms) {
      std::ranges::pop_heap(retries_, later);
      std::uint64_t number = retries_.back().number;
      retries_.pop_back();
      start_one(number, now_ms, f);
    }
    for (; !waiting_.empty() && !is_full(); waiting_.pop_front()) {
      ++begun_;
      start_one(waiting_.front(), now_ms, f);
    }
  }

  void take_answers(std::int64_t now_ms) {
    for (auto& answer : answers_->take())
      if (call* of = current(answer.call, answer.attempt))
        end(answer.call, *of, std::move(answer.outcome), now_ms);
  }

  /// Those that have taken too long have failed.
  void check_timeouts(std::int64_t now_ms) {
    // All have the same time, so they are in order.
    for (; !deadlines_.empty() && deadlines_.front().at_ms <= now_ms; deadlines_.pop_front())
      if (call* of = current(deadlines_.front().number, deadlines_.front().attempt))
        end(deadlines_.front().number, *of,
            {{}, "there was no answer within " + std::to_string(options_.timeout.count()) + " ms"}, now_ms);
  }

  /// Gives away what may go on: `emit(record, time)` and `watermark(time)`.
  template <class Emit, class Watermark>
  void release(Emit&& emit, Watermark&& watermark) {
    release_unordered(emit);
    while (!line_.empty()) {
      place& first = line_.front();
      std::optional<event_time> time = first.watermark;
      if (time)
        watermark(*time);
      else if (!first.call || first.call->at == state::ended)
        give(first, emit);
      else
        return;
      line_.pop_front();
      ++first_;
      if (time)
        release_unordered(emit);
    }
  }

  /// Appends an element for each record in line.
  void collect(std::vector<std::string>& to) const {
    for (const place& each : line_)
      if (each.call)
        to.push_back(element_of(*each.call));
  }

  /// Puts the record of an element in line. A sentence when it is none.
  const char* restore(std::string_view element) {
    if (element.size() < header_size)
      return "it ends too early";
    event_time time = 0;
    std::memcpy(&time, element.data() + 1, sizeof time);
    In record{};
    arena bytes;
    if (const char* fault = read_state_value(element.substr(header_size), record, bytes))
      return fault;
    add(record, element[0] != 0 ? std::optional{time} : std::nullopt);
    return nullptr;
  }

private:
  enum class state : std::uint8_t { waiting, under_way, ended };

  struct call {
    In record{};
    arena bytes;
    std::optional<event_time> time;
    state at = state::waiting;
    std::uint32_t attempt = 0;
    std::vector<Out> results;
  };

  /// A watermark, a record, or neither where that went on already.
  struct place {
    std::optional<event_time> watermark;
    std::unique_ptr<async_calls::call> call;
  };

  struct deadline {
    std::int64_t at_ms;
    std::uint64_t number;
    std::uint32_t attempt;
  };

  static constexpr std::size_t header_size = 1 + sizeof(event_time);

  static bool later(const deadline& a, const deadline& b) { return a.at_ms > b.at_ms; }

  template <class F>
  void start_one(std::uint64_t number, std::int64_t now_ms, F& f) {
    call& of = *at(number).call;
    of.at = state::under_way;
    if (options_.timeout.count() > 0)
      deadlines_.push_back({now_ms + options_.timeout.count(), number, of.attempt});
    f(std::as_const(of.record),
      async_result<Out>{std::make_shared<async_answer<Out>>(answers_, number, of.attempt)});
  }

  place& at(std::uint64_t number) { return line_[number - first_]; }

  /// The call if it is under way in that attempt.
  call* current(std::uint64_t number, std::uint32_t attempt) {
    if (number < first_ || !at(number).call)
      return nullptr;
    call* of = at(number).call.get();
    return of->at == state::under_way && of->attempt == attempt ? of : nullptr;
  }

  void end(std::uint64_t number, call& of, async_outcome<Out> outcome, std::int64_t now_ms) {
    if (outcome.failure.empty()) {
      of.at = state::ended;
      of.results = std::move(outcome.records);
      if (options_.order == async_order::unordered)
        ended_.push_back(number);
      return;
    }
    if (of.attempt >= options_.retries)
      throw std::runtime_error{
          "an asynchronous call failed" +
          (of.attempt == 0 ? std::string{} : " " + std::to_string(of.attempt + 1) + " times, at last") +
          ": " + outcome.failure};
    of.at = state::waiting;
    double delay = static_cast<double>(options_.retry_delay.count());
    for (std::uint32_t i = 0; i < of.attempt; ++i)
      delay *= options_.retry_factor;
    ++of.attempt;
    retries_.push_back(
        {now_ms + static_cast<std::int64_t>(std::min(delay, longest_delay_ms)), number, of.attempt});
    std::ranges::push_heap(retries_, later);
  }

  template <class Emit>
  void give(place& of, Emit& emit) {
    if (!of.call)
      return;
    for (Out& record : of.call->results)
      emit(record, std::as_const(of.call->time));
    of.call.reset();
    --begun_;
  }

  /// Those that have ended go on if no watermark is before them.
  template <class Emit>
  void release_unordered(Emit& emit) {
    if (ended_.empty())
      return;
    auto first_watermark =
        std::ranges::find_if(line_, [](const place& each) { return each.watermark.has_value(); });
    std::uint64_t bound = first_ + static_cast<std::uint64_t>(first_watermark - line_.begin());
    std::erase_if(ended_, [&](std::uint64_t number) {
      if (number >= bound)
        return false;
      if (number >= first_)
        give(at(number), emit);
      return true;
    });
  }

  static std::string element_of(const call& of) {
    std::string element(header_size + encoded_bound(of.record), '\0');
    element[0] = of.time ? 1 : 0;
    event_time time = of.time.value_or(0);
    std::memcpy(element.data() + 1, &time, sizeof time);
    char* end = write_value(element.data() + header_size, of.record);
    element.resize(static_cast<std::size_t>(end - element.data()));
    return element;
  }

  static constexpr double longest_delay_ms = 24.0 * 3600 * 1000;

  async_options options_;
  std::shared_ptr<async_answers<Out>> answers_ = std::make_shared<async_answers<Out>>();
  std::deque<place> line_;
  std::uint64_t first_ = 0; ///< number of the first place
  std::deque<std::uint64_t> waiting_;
  std::vector<deadline> retries_; ///< a heap, the earliest first
  std::deque<deadline> deadlines_;
  std::vector<std::uint64_t> ended_; ///< not given away yet; only unordered
  std::uint32_t begun_ = 0;          ///< calls that have begun and did not go on yet
};

} // namespace weir::detail
