#pragma once

#include <weir/detail/operator.hpp>

#include <cstdint>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir::detail {

/// What a sink writes to, in transactions. A handle is all that another process needs to commit or abort one.
/// Throws where something cannot be done.
class transaction_output {
public:
  virtual ~transaction_output() = default;

  /// From now on earlier attempts can neither prepare nor commit anything.
  virtual void fence() = 0;
  /// A transaction begins.
  virtual void begin() = 0;
  /// What was written since begin() is made durable, but does not show. Returns its handle.
  virtual std::string prepare() = 0;
  /// Shows it, for good. Success where that was done before; an error where there is no such transaction.
  virtual void commit(const std::string& handle) = 0;
  /// Removes what was prepared.
  virtual void abort(const std::string& handle) = 0;
  /// Removes all that earlier attempts left and that is not committed.
  virtual void abort_leftovers() = 0;
  /// Behind fence(), before anything is committed: what shows, or may show, of what was prepared after the
  /// snapshot that is gone on from. Empty: nothing.
  [[nodiscard]] virtual std::string committed_since_snapshot() = 0;
};

/// The job would go back behind something that shows already.
class cannot_go_back : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The two phases of a sink (protocol-checkpoint, rule 1.5).
///
///     records ─▶ open ──barrier n──▶ prepared, in the list of snapshot n ──n or later is complete──▶
///     committed
///                                     └──n is aborted──▶ still in the list: a later checkpoint commits it
///
/// The list of what is prepared is a state of the operator. Every subtask is given the whole list, and takes
/// what was of the subtasks that it follows: those whose number is its own modulo the parallelism.
///
/// Where the job goes back behind a complete checkpoint that cannot be read (operator_context::goes_back), a
/// sink that has committed something of that one refuses to begin. The others leave what earlier attempts
/// have prepared as it is until a checkpoint is complete: should the job not go back after all, because
/// another sink refused and somebody restored that checkpoint, it is committed (decision 25).
class two_phase_commit {
public:
  /// The output outlives this.
  explicit two_phase_commit(transaction_output& output) : output_{output} {}
  two_phase_commit(const two_phase_commit&) = delete;
  two_phase_commit& operator=(const two_phase_commit&) = delete;

  /// Fences, commits what the snapshot lists, and aborts what else earlier attempts have left, in this order.
  /// Throws cannot_go_back.
  void open(operator_context& context);

  /// Something is about to be written: begins a transaction unless one is open.
  void begin();

  void before_snapshot(std::uint64_t checkpoint);
  void on_checkpoint_completed(std::uint64_t checkpoint);
  /// Without checkpoints this commits.
  void end_of_input();
  /// Nothing will be committed any more: aborts what is prepared. What is open is the output's to give up.
  void discard();

  [[nodiscard]] bool committed() const { return prepared_.empty() && !is_open_; }
  [[nodiscard]] bool has_prepared() const { return !prepared_.empty(); }
  [[nodiscard]] bool is_open() const { return is_open_; }

private:
  struct transaction {
    std::uint32_t subtask = 0; ///< that prepared it
    std::uint64_t checkpoint = 0;
    std::string handle;
  };

  void prepare(std::uint64_t checkpoint);
  void take_restored(const std::vector<std::string>& elements);
  void abort_leftovers();
  static void collect(void* of, std::vector<std::string>& to);

  transaction_output& output_;
  std::uint32_t subtask_ = 0;
  std::uint32_t parallelism_ = 1;
  bool checkpointed_ = false;
  bool is_open_ = false;
  bool has_leftovers_ = false;       ///< of earlier attempts, that were not looked for yet
  std::deque<transaction> prepared_; ///< and not committed, oldest first
};

} // namespace weir::detail
