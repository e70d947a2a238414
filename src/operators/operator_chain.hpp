#pragma once

#include "base/result.hpp"
#include "operators/chain_plan.hpp"
#include "operators/chain_setup.hpp"
#include "operators/chain_step.hpp"
#include "wire/control_messages.hpp"

#include <weir/detail/operator.hpp>
#include <weir/detail/two_phase_commit.hpp>

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir {

/// Records that an operator took and gave.
struct operator_counts {
  std::string name;
  std::uint64_t records_in = 0;
  std::uint64_t records_out = 0;
};

/// The operators of one subtask, connected as a DAG.
///
/// A batch goes from operator to operator by one virtual call each; where several read it, all but the last
/// get a copy. Event time and ends go the same ways, each behind the records that were buffered in front of
/// it. An operator whose inputs have ended is drained step by step, so that the caller can wait for credit in
/// between.
///
/// Exceptions of user code become errors that name the operator; after one, only close() may be called.
class operator_chain final : private step_time {
public:
  /// Makes the operators; user code runs here already. Fails when the two graphs do not belong together.
  static result<std::unique_ptr<operator_chain>> make(chain_setup setup);

  ~operator_chain() override { close(); }
  operator_chain(const operator_chain&) = delete;
  operator_chain& operator=(const operator_chain&) = delete;

  /// Opens the operators, readers first, since an operator may emit as soon as it is open.
  result<void> open();

  /// Records from outside; `entry` is a position in chain_setup::entries. Who owns the batch afterwards:
  /// detail::output::emit.
  result<void> process(std::uint32_t entry, detail::batch_ptr& records);

  /// Event time or end of one channel of an entry.
  result<void> on_watermark(std::uint32_t entry, std::uint32_t channel, detail::event_time time);
  result<void> end_of_input(std::uint32_t entry, std::uint32_t channel);

  /// A channel became idle, or is active again.
  result<void> on_idleness(std::uint32_t entry, std::uint32_t channel, bool idle);

  /// When an operator wants to be told of processing time next.
  [[nodiscard]] std::optional<std::int64_t> wake_at_wall_ms() const { return wake_at_wall_ms_; }
  /// Tells those whose time has come.
  result<void> on_processing_time(std::int64_t wall_ms);

  /// Sources in the chain, by position.
  [[nodiscard]] std::uint32_t sources() const { return static_cast<std::uint32_t>(sources_.size()); }
  /// Lets a source emit. After `ended` it must not be polled again.
  result<detail::source_operator::status> poll(std::uint32_t source);
  [[nodiscard]] std::uint32_t retry_after_ms(std::uint32_t source) const;

  /// Whether an operator behind a source or an entry wants nothing of it now.
  [[nodiscard]] bool is_held_source(std::uint32_t source) const { return sources_held_[source] > 0; }
  [[nodiscard]] bool is_held_entry(std::uint32_t entry) const { return entries_held_[entry] > 0; }
  /// True once after something is no longer held.
  bool take_released() { return std::exchange(released_, false); }

  /// Lets operators emit what waits in them, in the order of the chain, the exits last.
  result<void> flush();

  /// States that were restored from and that no operator asked for: "sums of count". Known once it is open.
  [[nodiscard]] const std::vector<std::string>& states_not_taken() const { return states_not_taken_; }

  /// Flushes, and fixes the states of all operators as they are now, a cut for each; see
  /// operator_state_registry. Nothing is frozen when it fails.
  result<std::vector<operator_state_cut>> freeze(std::uint64_t number, detail::cut_kind what);
  /// What was frozen could not be stored.
  void abandon(std::uint64_t number);
  /// What became of a checkpoint: states and operators are told.
  result<void> notify_completed(std::uint64_t checkpoint);
  result<void> notify_aborted(std::uint64_t checkpoint);
  /// Whether no operator has anything left that waits for a checkpoint.
  [[nodiscard]] bool committed() const;
  /// The job ends here: operators remove what will never be committed, all of them also when one fails.
  result<void> discard();

  /// Is an operator to emit what it held back for the end?
  [[nodiscard]] bool draining() const { return !draining_.empty(); }
  /// Lets it emit about one batch. Requires draining().
  result<void> drain();

  /// True when every operator has ended, and every exit was told.
  [[nodiscard]] bool ended() const { return ended_ == steps_.size(); }

  /// Idempotent.
  void close() noexcept;

  [[nodiscard]] std::vector<operator_counts> counts() const;
  /// Adds what the operators counted and measured, also after a failure. Not inside another call: gauges run
  /// user code.
  result<void> measure(task_measurements& into);
  std::vector<task_result> take_results() { return results_.take(); }

private:
  struct entry_point {
    chain_step* step = nullptr;
    std::size_t first_stream = 0;
  };

  explicit operator_chain(chain_setup setup);

  result<void> build();
  result<void> connect_inputs(chain_step& step, const chain_plan::step& planned);
  result<void> connect_exits(chain_step& step, const chain_plan::step& planned);
  void make_operator(chain_step& step, const chain_plan::step& planned);
  [[nodiscard]] std::unique_ptr<operator_state_registry> make_states(const operator_id& of,
                                                                     const std::string& name) const;
  void connect_readers(chain_step& step);

  void emit_watermark(chain_step& from, detail::event_time time) override;
  void set_idle(chain_step& from) override;
  void wake_at(chain_step& step, std::int64_t wall_ms) override;
  detail::event_time align(chain_step& step, std::string_view group, detail::event_time time) override;
  void hold_input(chain_step& step, bool hold) override;

  void tell_time(chain_step& step, detail::event_time time);
  void pass_time(chain_step& step, detail::event_time time);
  void advance_readers(chain_step& step, detail::event_time time);
  void idle_stream(chain_step& step, std::size_t stream);
  void resume_stream(chain_step& step, std::size_t stream);
  void tell_idleness(chain_step& step, bool idle);
  [[nodiscard]] static bool reaches(const chain_step& from, const chain_step& to);
  void end_stream(chain_step& step, std::size_t stream);
  void end_input(chain_step& step, std::uint32_t input);

  /// The door for exceptions of user code.
  template <class F>
  result<void> guarded(F&& f);

  chain_setup setup_;
  std::string job_;
  collected_results results_;
  running_operator running_;
  std::vector<std::unique_ptr<chain_step>> steps_; ///< producers before consumers; exits last
  std::size_t operators_ = 0;                      ///< how many of them are no exits
  std::vector<entry_point> entries_;
  std::vector<chain_step*> sources_;
  std::deque<chain_step*> draining_;
  std::size_t ended_ = 0;
  std::optional<std::int64_t> wake_at_wall_ms_;
  std::vector<std::uint32_t> sources_held_; ///< by source: how many operators want nothing of it
  std::vector<std::uint32_t> entries_held_; ///< the same for entries
  bool released_ = false;
  std::vector<std::string> states_not_taken_;
};

template <class F>
result<void> operator_chain::guarded(F&& f) {
  std::string what;
  errc code = errc::failed;
  try {
    f();
    return {};
  } catch (const detail::cannot_go_back& thrown) {
    what = thrown.what();
    code = errc::irreversible;
  } catch (const std::exception& thrown) {
    what = thrown.what();
  } catch (...) {
    what = "it threw what is no std::exception";
  }
  return error{code, running_.name ? "operator '" + *running_.name + "': " + what : what};
}

} // namespace weir
