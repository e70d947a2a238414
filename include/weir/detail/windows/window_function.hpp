#pragma once

#include <weir/detail/windows/assigners.hpp>
#include <weir/detail/windows/triggers.hpp>
#include <weir/detail/windows/window_content.hpp>
#include <weir/function_context.hpp>
#include <weir/process_context.hpp>
#include <weir/state.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

/// What is kept of one window of one key.
template <class Content, class State>
struct open_window {
  std::optional<Content> content; ///< none after a purge
  State trigger{};
  std::vector<std::int64_t> event_timers; ///< those of the trigger that are still to come
  std::vector<std::int64_t> processing_timers;
};

/// Windows of any kind with any trigger, one entry of a map state per key and window: the general path, for
/// what panes cannot do. It is a function like one of a user, with state and timers per key.
///
/// Timers of a key are not told apart by window; each window knows its own. A millisecond of processing time
/// is over when the next one has begun: records may come in it until then. So timers of processing time are
/// set for the next one.
template <class Key, class Windows, class Trigger, class Content>
class window_function {
  using record = typename Content::record;
  using out = collector<typename Content::out>;
  using context_type = keyed_context<Key>;
  using entry = open_window<typename Content::type, typename Trigger::state>;
  static constexpr bool in_event_time = Windows::clock == window_clock::event;

public:
  window_function(Windows windows, Trigger trigger, Content content, std::int64_t lateness_ms,
                  std::optional<weir::side_output<record>> late_to)
      : windows_{std::move(windows)},
        trigger_{std::move(trigger)},
        content_{std::move(content)},
        lateness_{in_event_time ? lateness_ms : 0},
        late_to_{std::move(late_to)} {}

  void open(keyed_function_context<Key>& context) {
    open_ = context.state(weir::map<window, entry>("windows"));
    late_ = context.metrics().counter("late_records");
  }

  void process(const record& from, context_type& context, out& to) {
    if (in_event_time && context.timestamp() == no_timestamp && !std::is_same_v<Windows, all_windows>)
      throw_no_event_time();
    event_time time = in_event_time ? context.timestamp() : context.processing_time();
    bool some = false, taken = false;
    windows_.each_window(from, time, [&](window of) {
      some = true;
      if constexpr (is_session<Windows>)
        of = merge(of, context);
      if (is_late(of, context))
        return;
      taken = true;
      add(of, from, time, context, to);
    });
    if (taken || !some)
      return;
    late_.add(1);
    if (late_to_)
      context.side(*late_to_).emit(from);
  }

  void on_timer(std::int64_t time, context_type& context, out& to) {
    bool of_event = context.timer_kind() == timer_kind::event;
    if (!of_event)
      --time;
    for (const window& of : open_.keys()) {
      const entry* found = open_.get(of);
      const auto& timers = of_event ? found->event_timers : found->processing_timers;
      if (std::ranges::find(timers, time) != timers.end()) {
        entry& kept = open_.change(of);
        std::erase(of_event ? kept.event_timers : kept.processing_timers, time);
        timer_setter timer{kept, context};
        act(of, kept,
            of_event ? tell_event_time(trigger_, time, of, kept.trigger, timer)
                     : tell_processing_time(trigger_, time, of, kept.trigger, timer),
            context, to);
      }
      if (of_event == in_event_time && of != global_window && end_of(of) <= time)
        open_.remove(of);
    }
  }

private:
  /// Sets timers for one window.
  class timer_setter final : public trigger_context {
  public:
    timer_setter(entry& of, context_type& context) : of_{of}, context_{context} {}
    [[nodiscard]] std::int64_t watermark() const override { return context_.watermark(); }
    [[nodiscard]] std::int64_t processing_time() const override { return context_.processing_time(); }
    void at_event_time(std::int64_t time) override {
      note(of_.event_timers, time);
      context_.timers().event(time);
    }
    void at_processing_time(std::int64_t time) override {
      note(of_.processing_timers, time);
      context_.timers().processing(later(time, 1));
    }

  private:
    static void note(std::vector<std::int64_t>& timers, std::int64_t time) {
      if (std::ranges::find(timers, time) == timers.end())
        timers.push_back(time);
    }
    entry& of_;
    context_type& context_;
  };

  /// When the window is forgotten.
  [[nodiscard]] event_time end_of(const window& of) const { return later(of.last_time(), lateness_); }
  [[nodiscard]] bool is_late(const window& of, const context_type& context) const {
    return in_event_time && of != global_window && end_of(of) <= context.watermark();
  }

  void set_end(const window& of, context_type& context) {
    if (of == global_window)
      return;
    if constexpr (in_event_time)
      context.timers().event(end_of(of));
    else
      context.timers().processing(later(end_of(of), 1));
  }

  void add(const window& of, const record& from, event_time time, context_type& context, out& to) {
    entry& kept = open_.change(of);
    if (kept.content)
      content_.add(*kept.content, from, time);
    else
      kept.content = content_.make(from, time);
    set_end(of, context);
    timer_setter timer{kept, context};
    act(of, kept, tell_record(trigger_, from, time, of, kept.trigger, timer), context, to);
  }

  void act(const window& of, entry& kept, trigger_result what, context_type& context, out& to) {
    if (fires(what) && kept.content) {
      to.begin(true);
      to.at(of == global_window ? std::max(context.timestamp(), std::int64_t{0}) : of.last_time());
      content_.emit(context.key(), *kept.content, of, to);
    }
    if (purges(what))
      kept.content.reset();
  }

  /// Makes one session of those that overlap or touch `added`, and returns it; `added` if there are none.
  window merge(const window& added, context_type& context) {
    std::vector<window> parts;
    window merged = added;
    for (const window& each : open_.keys())
      if (each.start <= added.end && added.start <= each.end) {
        parts.push_back(each);
        merged = {std::min(merged.start, each.start), std::max(merged.end, each.end)};
      }
    if (parts.empty() || (parts.size() == 1 && parts.front() == merged) || is_late(merged, context))
      return merged;
    std::sort(parts.begin(), parts.end());
    entry all = *open_.get(parts.front());
    all.event_timers.clear();
    all.processing_timers.clear();
    timer_setter timer{all, context};
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const entry& other = *open_.get(parts[i]);
      if (all.content && other.content)
        content_.merge(*all.content, *other.content);
      else if (other.content)
        all.content = other.content;
      tell_merge(merged, all.trigger, other.trigger, timer);
    }
    if (parts.size() == 1)
      tell_merge(merged, all.trigger, typename Trigger::state{}, timer);
    for (const window& each : parts)
      open_.remove(each);
    open_.put(merged, std::move(all));
    return merged;
  }

  void tell_merge(const window& merged, typename Trigger::state& into, const typename Trigger::state& other,
                  trigger_context& context) {
    static_assert(
        requires { trigger_.on_merge(merged, into, other, context); } ||
            std::is_same_v<Trigger, triggers::never>,
        "sessions merge: their trigger needs on_merge(merged window, state& into, const state& "
        "other, trigger_context&)");
    if constexpr (requires { trigger_.on_merge(merged, into, other, context); })
      trigger_.on_merge(merged, into, other, context);
  }

  Windows windows_;
  Trigger trigger_;
  Content content_;
  std::int64_t lateness_;
  std::optional<weir::side_output<record>> late_to_;
  map_state<window, entry> open_;
  counter late_;
};

} // namespace weir::detail
