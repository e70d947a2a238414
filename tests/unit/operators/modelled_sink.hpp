#pragma once

#include "modelled_output.hpp"

#include <weir/transactions.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// A sink as a user would write it, to the system that says what a sink must not do.
class modelled_sink final : public transactional_sink<std::uint64_t> {
public:
  explicit modelled_sink(std::shared_ptr<outside_system> outside) : outside_{std::move(outside)} {}

  void open(sink_context& context) override { context_ = &context; }
  void fence() override {
    for (std::uint32_t before = 0; before < 16; ++before)
      if (context_->follows(before))
        outside_->raise_fence(before, context_->attempt());
  }
  void begin(const std::string& transaction) override {
    outside_->names.push_back(transaction);
    open_ = outside_->begin(context_->subtask(), context_->attempt());
  }
  void write(const std::uint64_t& each) override { outside_->write(open_, each); }
  std::string prepare() override {
    outside_->prepare(open_);
    return open_;
  }
  void roll_back() override { outside_->abort(open_, context_->attempt()); }
  void commit(const std::string& handle) override { outside_->commit(handle, context_->attempt()); }
  void abort(const std::string& handle) override { outside_->abort(handle, context_->attempt()); }
  std::vector<std::string> leftovers() override {
    std::vector<std::string> mine;
    for (const std::string& handle : outside_->prepared())
      if (const auto& of = outside_->at(handle);
          context_->follows(of.subtask) && of.attempt < context_->attempt())
        mine.push_back(handle);
    return mine;
  }

private:
  std::shared_ptr<outside_system> outside_;
  sink_context* context_ = nullptr;
  std::string open_;
};

} // namespace weir::testing
