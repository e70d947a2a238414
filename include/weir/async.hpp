#pragma once

#include <weir/detail/async_answers.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir {

enum class async_order : std::uint8_t {
  ordered,   ///< results in the order of the records
  unordered, ///< results as they come; none overtakes a watermark, nor is overtaken by one
};

/// How stream::async calls what answers later.
struct async_options {
  async_order order = async_order::ordered;
  /// Calls that may be under way in one subtask: when there are so many, the subtask takes no further
  /// records.
  std::uint32_t capacity = 100;
  /// How long a call may take; 0: as long as it likes. A call that takes longer has failed.
  std::chrono::milliseconds timeout{60'000};
  /// How often a failed call is tried again before the failure fails the task.
  std::uint32_t retries = 0;
  /// The wait before the first of these tries, and what it is multiplied by for each further one.
  std::chrono::milliseconds retry_delay{100};
  double retry_factor = 1;
};

/// The answer to one call, to be given once and by any thread. Copies are about the same answer; when the
/// last one is gone without an answer, the call has failed. What comes after a timeout is dropped.
template <class Out>
class async_result {
public:
  /// For the engine.
  explicit async_result(std::shared_ptr<detail::async_answer<Out>> answer) : answer_{std::move(answer)} {}

  /// One record, or several or none.
  void complete(Out record) const {
    std::vector<Out> records;
    records.push_back(std::move(record));
    complete_all(std::move(records));
  }
  void complete_all(std::vector<Out> records) const { answer_->give({std::move(records), {}}); }

  /// There is no answer: the call is tried again, or fails the task with this reason.
  void fail(std::string reason) const {
    answer_->give({{}, reason.empty() ? "the call failed, but did not say why" : std::move(reason)});
  }

private:
  std::shared_ptr<detail::async_answer<Out>> answer_;
};

} // namespace weir
