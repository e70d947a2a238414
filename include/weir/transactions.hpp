#pragma once

#include <weir/function_context.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Sinks of the user whose output appears exactly once, whatever fails: stream::write_to.
///
/// The records between two checkpoints are a transaction of the outside system. It is prepared for the
/// checkpoint, and committed when that is complete; after a failure the job goes on from the last complete
/// one, commits what that lists, and aborts what else earlier attempts have left. Without checkpoints there
/// is one transaction, committed at the end of the input.
///
///     struct orders_to_database : weir::transactional_sink<order> {
///       void begin(const std::string& transaction) override { name = transaction; session.begin(); }
///       void write(const order& each) override { session.insert(each); }
///       std::string prepare() override { session.prepare(name); return name; }
///       …
///     };
///     orders.write_to(orders_to_database{…});
namespace weir {

/// What a sink is told in open(); lives as long as the sink.
class sink_context : public function_context {
public:
  /// For the engine.
  explicit sink_context(detail::operator_context& of) : function_context{of}, of_{of} {}

  /// 32 hexadecimal digits: tells the sinks of a job apart, and is the same in all its subtasks and attempts.
  [[nodiscard]] const std::string& sink() const { return of_.id(); }
  /// Whether the job goes on from a snapshot.
  [[nodiscard]] bool restored() const { return of_.restored(); }
  /// Whether what a subtask of that number has left in an earlier attempt is this one's to fence and to
  /// abort. After a change of the parallelism it is that of another number as well.
  [[nodiscard]] bool follows(std::uint32_t subtask_before) const {
    return subtask_before % parallelism() == subtask();
  }

private:
  detail::operator_context& of_;
};

/// One subtask's way to the outside system; copied to each. Called by one thread at a time: open, fence,
/// commit of what a snapshot lists, leftovers and abort of those; then begin, write, prepare and commit;
/// roll_back if a transaction is open at the end; close. An exception fails the task: the next attempt begins
/// anew.
///
/// A handle is all that another process needs to commit or abort a transaction; it is kept in checkpoints.
template <class T>
class transactional_sink {
public:
  using record = T;

  virtual ~transactional_sink() = default;

  virtual void open(sink_context&) {}

  /// From now on the outside system refuses to prepare and to commit what earlier attempts began
  /// (sink_context::attempt, sink_context::follows): one of them may only be slow, and go on later.
  virtual void fence() = 0;

  /// A transaction begins. Its name is not given to any other: it has job, sink, subtask, attempt and number.
  virtual void begin(const std::string& transaction) = 0;
  virtual void write(const T& record) = 0;
  /// What was written since begin() is made durable, so that commit() can follow from any process at any
  /// time; it does not show. Returns its handle.
  virtual std::string prepare() = 0;
  /// Gives up what was written since begin(), also when prepare() has failed.
  virtual void roll_back() = 0;

  /// Shows what was prepared. It may have been committed before: that is success. A transaction that is not
  /// known is an error.
  virtual void commit(const std::string& handle) = 0;
  /// Removes what was prepared, if it is there.
  virtual void abort(const std::string& handle) = 0;
  /// Handles of all that earlier attempts began or prepared and that is neither committed nor aborted. Called
  /// behind fence(), so that nothing is added meanwhile.
  virtual std::vector<std::string> leftovers() = 0;

  /// The names, as begin() had them, of all transactions of earlier attempts that are committed, as far as
  /// the outside system still knows them: at least since the oldest checkpoint that is kept
  /// (execution.checkpointing.num-retained). Called behind fence(), and only if the newest checkpoint cannot
  /// be read any more: the job goes on from an older one by itself only if no transaction that came after
  /// that is committed in any sink. Without a value, as here, a person has to decide.
  virtual std::optional<std::vector<std::string>> committed() { return std::nullopt; }

  virtual void close() noexcept {}
};

} // namespace weir
