#pragma once

#include <weir/detail/windows/given_windows.hpp>
#include <weir/detail/windows/late_records.hpp>
#include <weir/detail/windows/merged_window.hpp>
#include <weir/detail/windows/pane_adder.hpp>
#include <weir/detail/windows/pane_folds.hpp>
#include <weir/detail/windows/pane_grid.hpp>
#include <weir/detail/windows/pane_state.hpp>
#include <weir/detail/windows/running_window.hpp>
#include <weir/detail/windows/scanned_window.hpp>
#include <weir/detail/windows/window.hpp>
#include <weir/detail/windows/window_time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

template <class T>
struct pane_settings {
  pane_grid grid;
  std::int64_t lateness_ms = 0; ///< for how long after its end a window takes records
  std::optional<weir::side_output<T>> late_to;
};

/// Tumbling and sliding windows whose result is a fold and that fire when time has passed their end: the fast
/// path of windows.
///
/// A record is added to the table of its pane. When time has passed the end of a window, the tables of its
/// panes are merged (merged_window.hpp, running_window.hpp) and walked; then those that no window needs are
/// dropped. A record that is late for a window, but not later than the allowed lateness, gives the window's
/// new result for its key at once.
///
/// With a cold store, panes leave memory when they are too much for it, and windows are merged in pieces
/// (scanned_window.hpp).
template <class Fold, window_clock Clock>
class pane_operator final : public stream_operator {
  using record = typename Fold::record;

public:
  pane_operator(Fold fold, pane_settings<record> settings)
      : fold_{std::move(fold)},
        grid_{settings.grid},
        lateness_{Clock == window_clock::event ? settings.lateness_ms : 0},
        late_{std::move(settings.late_to)} {}

  void open(operator_context& context) override {
    context_ = &context;
    operator_states& states = context.states();
    state_.emplace(fold_, states, "windows");
    states.add(*state_);
    given_.open(states);
    now_ = given_.least();
    // A clock that was put back must not bring back windows that were given.
    latest_wall_ms_ = std::max(latest_wall_ms_, later(given_.greatest(), 1));
    state_->settle();
    adder_.emplace(fold_, *state_, grid_);
    merged_.emplace(fold_, *state_, grid_);
    if constexpr (Fold::has_inverse)
      running_.emplace(fold_, *state_, grid_);
    if (state_->bounded())
      scanned_.emplace(fold_, *state_, grid_);
    out_.attach(context.out());
    out_.begin(true);
    late_.open(context);
    wake_later();
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<record>&>(*records);
    if (in.size == 0)
      return;
    if constexpr (Clock == window_clock::processing)
      add_now(in);
    else if (in.has_timestamps)
      add_timed(in);
    else
      throw_no_event_time();
    if (state_->bounded())
      fit(in.size);
  }

  void flush() override {
    out_.flush();
    late_.flush();
  }

  void on_watermark(event_time time) override {
    if constexpr (Clock == window_clock::event) {
      advance(time);
      // Large results of the end wait for credit: see drain().
      while (time != max_event_time && fire()) {
      }
    }
  }

  void on_processing_time(std::int64_t wall_ms) override {
    if constexpr (Clock == window_clock::processing) {
      advance(wall_ms - 1);
      while (fire()) {
      }
      wake_later();
    }
  }

  /// What is still open when the input has ended fires then, in processing time as well.
  bool drain() override {
    advance(max_event_time);
    return fire();
  }

  /// The end of the input fires in pieces: windows before those to come have given all of their results.
  void before_snapshot(std::uint64_t) override {
    while (stage_ != stage::between)
      fire();
    flush();
    if (!firing_)
      given_.reach(now_);
    else if (next_window_ != min_event_time)
      given_.reach(std::min(now_, window_end(next_window_) - 1));
  }

private:
  static constexpr std::size_t piece = 4 * batch<typename Fold::out>::capacity;

  void add_timed(batch<record>& in) {
    const event_time* times = in.timestamps();
    auto [least, greatest] = std::pair{times[0], times[0]};
    for (std::uint32_t i = 1, n = in.size; i < n; ++i) {
      least = std::min(least, times[i]);
      greatest = std::max(greatest, times[i]);
    }
    event_time first = grid_.pane_of(least);
    bool open = grid_.first_window(first) + grid_.size() - 1 > now_ && grid_.covers(first);
    if (open && greatest - first < grid_.pane())
      adder_->add_all(first, in.values(), in.hashes(), in.size);
    else if (!open || !adder_->add_spread(first, greatest, in.values(), in.hashes(), times, in.size))
      for (std::uint32_t i = 0, n = in.size; i < n; ++i)
        add_one(in.values()[i], in.hashes()[i], times[i]);
  }

  void add_now(batch<record>& in) {
    latest_wall_ms_ = std::max({latest_wall_ms_, context_->wall_ms(), later(now_, 1)});
    event_time pane = grid_.pane_of(latest_wall_ms_);
    if (!grid_.covers(pane))
      return;
    bool known = state_->find(pane) != nullptr;
    adder_->add_all(pane, in.values(), in.hashes(), in.size);
    if (!known)
      context_->wake_at(grid_.first_window(pane) + grid_.size());
  }

  /// A record that may be late, or in no window.
  void add_one(const record& from, std::uint64_t hash, event_time time) {
    event_time pane = grid_.pane_of(time);
    if (!grid_.covers(pane))
      return;
    if (is_late(grid_.last_window(pane))) {
      late_.take(from, time);
      return;
    }
    bool fresh = adder_->add(*state_->find_or_make(pane).active, from, hash);
    event_time window = grid_.first_window(pane);
    if (window_end(window) > now_)
      return;
    const auto& key = fold_.key_of_record(from);
    merged_->changed(pane, key, hash, from, fresh);
    if constexpr (Fold::has_inverse)
      running_->changed(pane, key, hash, from, fresh);
    while (is_late(window))
      window += grid_.slide();
    fire_again(window, grid_.last_window(pane), key, hash);
  }

  /// The last time in the window.
  [[nodiscard]] event_time window_end(event_time window) const { return window + grid_.size() - 1; }
  [[nodiscard]] bool is_late(event_time window) const { return later(window_end(window), lateness_) <= now_; }

  /// Emits the results of one key for those of the windows [first, last] that have fired.
  void fire_again(event_time first, event_time last, const auto& key, std::uint64_t hash) {
    using slot = typename Fold::slot;
    auto merge = [this](std::optional<slot>& into, const slot& entry) {
      if (into)
        fold_.merge(Fold::accumulator(*into), Fold::accumulator(entry));
      else
        into = entry;
    };
    arena texts;
    std::vector<std::pair<event_time, slot>> of_panes;
    for (const auto& pane : state_->panes()) {
      if (pane->start < first || pane->start >= last + grid_.size())
        continue;
      std::optional<slot> all;
      state_->look_up(*pane, key, hash, texts, [&](const slot& entry) { merge(all, entry); });
      if (all)
        of_panes.emplace_back(pane->start, std::move(*all));
    }
    for (event_time window = first; window <= last && window_end(window) <= now_; window += grid_.slide()) {
      std::optional<slot> result;
      for (const auto& [start, entry] : of_panes)
        if (start >= window && start < window + grid_.size())
          merge(result, entry);
      if (!result)
        continue;
      out_.at(window_end(window));
      emit(*result, window);
    }
  }

  /// Was the result of the window that fires given before the snapshot that the job began from?
  [[nodiscard]] bool was_given(const typename Fold::slot& entry) const {
    std::uint32_t group = key_group(hash_key(fold_.key_of(entry)), state_->place().max_parallelism);
    return given_.has(group, window_end(window_));
  }

  void emit(const typename Fold::slot& entry, event_time window) {
    fold_.emit(fold_.key_of(entry), Fold::accumulator(entry), weir::window{window, window + grid_.size()},
               out_);
  }

  /// Time has come to `time`; fire() does what follows.
  void advance(event_time time) {
    if (time <= now_)
      return;
    if (!firing_)
      next_window_ = now_ == min_event_time ? min_event_time : grid_.first_window(now_ + 1);
    now_ = time;
    firing_ = true;
  }

  /// Emits about one batch of the windows whose time has come. Returns true while there is more.
  bool fire() {
    if (!firing_)
      return false;
    if (stage_ == stage::between) {
      if (!begin_window()) {
        drop_panes();
        return firing_ = false;
      }
      given_to_some_ = window_end(window_) <= given_.greatest();
      scanning_ = state_->bounded() && !state_->in_memory(window_, window_ + grid_.size());
    }
    if (scanning_)
      return fire(*scanned_), true;
    if constexpr (Fold::has_inverse)
      if (!grid_.one_pane_windows())
        return fire(*running_), true;
    return fire(*merged_), true;
  }

  template <class Window>
  void fire(Window& window) {
    switch (stage_) {
    case stage::between:
      window.start(window_);
      stage_ = stage::preparing;
      [[fallthrough]];
    case stage::preparing:
      if (!window.prepare(piece)) {
        if (state_->bounded() && !scanning_)
          scan_if_too_large();
        return;
      }
      visited_ = 0;
      stage_ = stage::visiting;
      out_.at(window_end(window_));
      [[fallthrough]];
    case stage::visiting:
      visited_ = window.visit(visited_, batch<typename Fold::out>::capacity, [this](const auto& entry) {
        if (!given_to_some_ || !was_given(entry)) [[likely]]
          emit(entry, window_);
      });
      if (visited_ != window.end())
        return;
      stage_ = window.next_part() ? stage::preparing : stage::finishing;
      if (stage_ == stage::preparing)
        return;
      [[fallthrough]];
    case stage::finishing:
      if (window.finish(piece))
        stage_ = stage::between;
    }
  }

  /// When what is merged for the window does not fit: begins with it again in another way.
  void scan_if_too_large() {
    if (state_->memory() + merged_bytes() <= state_->bytes_max())
      return;
    forget_merged();
    scanned_->start(window_);
    scanning_ = true;
  }

  /// Keeps memory within its limit after so many records. What is kept of merged panes goes first; and it
  /// must go when panes leave, as it could not be kept up to date.
  void fit(std::size_t records) {
    if (std::size_t bytes = merged_bytes();
        bytes != 0 && state_->memory() + bytes > state_->bytes_max() / 4 * 3)
      forget_merged();
    state_->fit(records);
    if (std::exchange(layers_written_, state_->layers_written()) != layers_written_)
      forget_merged();
  }

  [[nodiscard]] std::size_t merged_bytes() const {
    std::size_t bytes = merged_->bytes();
    if constexpr (Fold::has_inverse)
      bytes += running_->bytes();
    return bytes;
  }
  void forget_merged() {
    merged_->reset();
    if constexpr (Fold::has_inverse)
      running_->reset();
  }

  /// Finds the next window that has records and whose time has come.
  bool begin_window() {
    for (const auto& pane : state_->panes()) {
      if (pane->start < next_window_)
        continue;
      window_ = std::max(next_window_, grid_.first_window(pane->start));
      if (window_end(window_) > now_)
        return false;
      next_window_ = window_ + grid_.slide();
      return true;
    }
    return false;
  }

  void drop_panes() {
    while (!state_->panes().empty()) {
      event_time oldest = state_->panes().front()->start;
      if (!is_late(grid_.last_window(oldest)))
        return;
      if constexpr (Fold::has_inverse)
        running_->dropping(oldest);
      state_->drop(oldest);
    }
  }

  /// Asks to be woken for the first window that has not fired.
  void wake_later() {
    if constexpr (Clock == window_clock::processing)
      if (!state_->panes().empty()) {
        event_time first = grid_.first_window(state_->panes().front()->start);
        while (window_end(first) <= now_)
          first += grid_.slide();
        context_->wake_at(first + grid_.size());
      }
  }

  enum class stage : std::uint8_t { between, preparing, visiting, finishing };

  Fold fold_;
  pane_grid grid_;
  std::int64_t lateness_;
  operator_context* context_ = nullptr;
  std::optional<pane_state<Fold>> state_;
  std::optional<pane_adder<Fold>> adder_;
  std::optional<merged_window<Fold>> merged_;
  std::optional<running_window<Fold>> running_;
  std::optional<scanned_window<Fold>> scanned_; ///< with a cold store
  late_records<record> late_;
  event_time now_ = min_event_time; ///< how far time has come
  given_windows given_;             ///< as of the last snapshot
  std::int64_t latest_wall_ms_ = min_event_time + 1;

  bool firing_ = false;
  bool scanning_ = false;      ///< by scanned_
  bool given_to_some_ = false; ///< the window that fires was given to some keys
  std::uint64_t layers_written_ = 0;
  stage stage_ = stage::between;
  event_time next_window_ = min_event_time; ///< those before have fired
  event_time window_ = 0;                   ///< the one that fires
  std::size_t visited_ = 0;
  collector<typename Fold::out> out_;
};

} // namespace weir::detail
