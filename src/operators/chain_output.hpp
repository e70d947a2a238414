#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/record_type.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Which operator's code runs at the moment. Left as it is by an exception, so that it tells who threw.
struct running_operator {
  const std::string* name = nullptr;
};

/// Hands an operator's batches to all that read them, and counts the records.
class chain_output final : public detail::output {
public:
  struct reader {
    detail::stream_operator* to = nullptr;
    std::uint32_t input = 0;
    const std::string* name = nullptr;   ///< of the reader
    std::uint64_t* records_in = nullptr; ///< counter of the reader
  };

  explicit chain_output(running_operator& running) : running_{&running} {}

  /// Not while batches flow.
  void add(reader to) {
    readers_.push_back(to);
    copies_.resize(readers_.size() - 1);
  }

  void emit(detail::batch_ptr& records) override {
    if (!records || records->size == 0)
      return;
    if (resume_) [[unlikely]]
      std::exchange(resume_, {})();
    records_out_ += records->size;
    if (readers_.empty())
      return;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
      detail::copy_batch(copies_[i], *records);
      deliver(readers_[i], copies_[i]);
      if (copies_[i] && !detail::same_records(*copies_[i]->type, *records->type))
        copies_[i] = {}; // the reader put another batch into the place
    }
    deliver(readers_.back(), records);
  }

  /// Calls `resume` in front of the next records.
  void before_next(std::function<void()> resume) { resume_ = std::move(resume); }

  [[nodiscard]] std::uint64_t records_out() const { return records_out_; }

private:
  void deliver(const reader& to, detail::batch_ptr& records) {
    const std::string* caller = running_->name;
    running_->name = to.name;
    *to.records_in += records->size;
    to.to->process(to.input, records);
    running_->name = caller;
  }

  running_operator* running_;
  std::function<void()> resume_;
  std::vector<reader> readers_;
  std::vector<detail::batch_ptr>
      copies_; ///< for all readers but the last; filled again where they were given back
  std::uint64_t records_out_ = 0;
};

} // namespace weir
