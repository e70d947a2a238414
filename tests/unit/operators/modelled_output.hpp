#pragma once

#include <weir/detail/two_phase_commit.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// The process of an attempt is gone, in the middle of what it did.
struct process_gone {};

/// A system outside that knows transactions, and says when something is done to it that a sink must not do.
class outside_system {
public:
  using record = std::uint64_t;
  enum class phase { open, prepared, committed, aborted };

  struct transaction {
    std::uint32_t subtask = 0;
    std::uint64_t attempt = 0;
    phase at = phase::open;
    std::vector<record> records;
  };

  void raise_fence(std::uint32_t subtask, std::uint64_t attempt) {
    fences_[subtask] = std::max(fences_[subtask], attempt);
  }

  std::string begin(std::uint32_t subtask, std::uint64_t attempt) {
    std::string handle = std::to_string(1'000'000 + transactions_.size()); // in the order of their names
    transactions_[handle] = {subtask, attempt, phase::open, {}};
    return handle;
  }

  void write(const std::string& handle, record each) { transactions_.at(handle).records.push_back(each); }

  void prepare(const std::string& handle) {
    transaction& of = transactions_.at(handle);
    check_fence(of.subtask, of.attempt);
    if (of.at != phase::open)
      throw std::logic_error{"what is prepared is not open"};
    of.at = phase::prepared;
  }

  /// `attempt`: of who commits.
  void commit(const std::string& handle, std::uint64_t attempt) {
    auto found = transactions_.find(handle);
    if (found == transactions_.end())
      throw std::logic_error{"transaction " + handle + " is not known"};
    transaction& of = found->second;
    check_fence(of.subtask, attempt);
    if (of.at == phase::committed)
      return;
    if (of.at != phase::prepared)
      throw std::logic_error{"transaction lost: " + handle + " was aborted, or never prepared"};
    for (const auto& [other, before] : transactions_)
      if (other < handle && before.subtask == of.subtask && before.attempt == of.attempt &&
          before.at == phase::prepared)
        throw std::logic_error{"transaction " + handle + " is to show before " + other};
    of.at = phase::committed;
    visible.insert(visible.end(), of.records.begin(), of.records.end());
  }

  void abort(const std::string& handle, std::uint64_t attempt) {
    transaction& of = transactions_.at(handle);
    check_fence(of.subtask, attempt);
    if (of.at == phase::committed)
      throw std::logic_error{"what is committed is to be aborted"};
    of.at = phase::aborted;
  }

  [[nodiscard]] std::vector<std::string> prepared() const {
    std::vector<std::string> handles;
    for (const auto& [handle, of] : transactions_)
      if (of.at == phase::prepared)
        handles.push_back(handle);
    return handles;
  }
  [[nodiscard]] const transaction& at(const std::string& handle) const { return transactions_.at(handle); }

  /// How many transactions have ever begun.
  [[nodiscard]] std::uint64_t begun() const { return transactions_.size(); }

  /// A committed one of the subtask that was not among the first so many; empty: there is none.
  [[nodiscard]] std::string committed_behind(std::uint64_t begun, std::uint32_t subtask) const {
    for (const auto& [handle, of] : transactions_)
      if (begun == 0 && of.subtask == subtask && of.at == phase::committed)
        return handle;
      else
        begun -= begun > 0;
    return {};
  }

  std::vector<record> visible;    ///< in the order in which it came to be
  std::vector<std::string> names; ///< of transactions, where the sink is given them

private:
  void check_fence(std::uint32_t subtask, std::uint64_t attempt) const {
    auto fence = fences_.find(subtask);
    if (fence != fences_.end() && attempt < fence->second)
      throw std::runtime_error{"fenced"};
  }

  std::map<std::string, transaction> transactions_;
  std::map<std::uint32_t, std::uint64_t> fences_;
};

/// The way of one attempt of a subtask to it.
class modelled_output final : public detail::transaction_output {
public:
  modelled_output(outside_system& outside, std::uint32_t subtask, std::uint32_t parallelism,
                  std::uint64_t attempt, std::uint32_t subtasks_ever)
      : outside_{outside},
        subtask_{subtask},
        parallelism_{parallelism},
        attempt_{attempt},
        subtasks_ever_{subtasks_ever} {}

  /// So many more calls are answered, where it is set.
  std::optional<std::uint64_t> calls_left;
  /// How many transactions had begun when each subtask passed the barrier of the snapshot.
  std::vector<std::uint64_t> begun_before_snapshot;
  /// Called before each: others may act in between.
  std::function<void()> before_call = [] {};

  void write(outside_system::record each) { outside_.write(open_, each); }

  void fence() override {
    for (std::uint32_t before = 0; before < subtasks_ever_; ++before)
      if (before % parallelism_ == subtask_) {
        live();
        outside_.raise_fence(before, attempt_);
      }
  }
  void begin() override {
    live();
    open_ = outside_.begin(subtask_, attempt_);
  }
  std::string prepare() override {
    live();
    outside_.prepare(open_);
    return open_;
  }
  void commit(const std::string& handle) override {
    live();
    outside_.commit(handle, attempt_);
  }
  void abort(const std::string& handle) override {
    live();
    outside_.abort(handle, attempt_);
  }
  void abort_leftovers() override {
    for (const std::string& handle : outside_.prepared())
      if (const auto& of = outside_.at(handle);
          of.subtask % parallelism_ == subtask_ && of.attempt < attempt_) {
        live();
        outside_.abort(handle, attempt_);
      }
  }

  std::string committed_since_snapshot() override {
    for (std::uint32_t before = 0; before < begun_before_snapshot.size(); ++before)
      if (before % parallelism_ == subtask_) {
        live();
        if (std::string handle = outside_.committed_behind(begun_before_snapshot[before], before);
            !handle.empty())
          return handle + " is committed";
      }
    return {};
  }

private:
  void live() {
    if (calls_left && (*calls_left)-- == 0)
      throw process_gone{};
    before_call();
  }

  outside_system& outside_;
  std::uint32_t subtask_;
  std::uint32_t parallelism_;
  std::uint64_t attempt_;
  std::uint32_t subtasks_ever_;
  std::string open_;
};

} // namespace weir::testing
