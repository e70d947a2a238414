#pragma once

#include "base/result.hpp"
#include "operators/chain_plan.hpp"
#include "operators/chain_setup.hpp"
#include "operators/chain_step.hpp"
#include "wire/control_messages.hpp"

#include <weir/detail/operator.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
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
class operator_chain {
public:
  /// Makes the operators; user code runs here already. Fails when the two graphs do not belong together.
  static result<std::unique_ptr<operator_chain>> make(chain_setup setup);

  ~operator_chain() { close(); }
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

  /// Sources in the chain, by position.
  [[nodiscard]] std::uint32_t sources() const { return static_cast<std::uint32_t>(sources_.size()); }
  /// Lets a source emit. After `ended` it must not be polled again.
  result<detail::source_operator::status> poll(std::uint32_t source);
  [[nodiscard]] std::uint32_t retry_after_ms(std::uint32_t source) const;

  /// Lets operators emit what waits in them, in the order of the chain, the exits last.
  result<void> flush();

  /// Is an operator to emit what it held back for the end?
  [[nodiscard]] bool draining() const { return !draining_.empty(); }
  /// Lets it emit about one batch. Requires draining().
  result<void> drain();

  /// True when every operator has ended, and every exit was told.
  [[nodiscard]] bool ended() const { return ended_ == steps_.size(); }

  /// Idempotent.
  void close() noexcept;

  [[nodiscard]] std::vector<operator_counts> counts() const;
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

  void tell_time(chain_step& step, detail::event_time time);
  void pass_time(chain_step& step, detail::event_time time);
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
};

} // namespace weir
