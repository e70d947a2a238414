#pragma once

#include <weir/detail/batch.hpp>
#include <weir/detail/transaction_names.hpp>
#include <weir/detail/two_phase_commit.hpp>
#include <weir/transactions.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weir::detail {

/// Runs a transactional_sink of the user.
template <class T, class Sink>
class transactional_operator final : public stream_operator, private transaction_output {
public:
  explicit transactional_operator(Sink sink) : sink_{std::move(sink)} {}

  void open(operator_context& context) override {
    context_.emplace(context);
    names_.open(context);
    sink_.open(*context_);
    phases_.open(context);
  }

  void process(std::uint32_t, batch_ptr& records) override {
    phases_.begin();
    auto& in = static_cast<batch<T>&>(*records);
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      sink_.write(std::as_const(in.values()[i]));
  }

  void before_snapshot(std::uint64_t checkpoint) override { phases_.before_snapshot(checkpoint); }
  void on_checkpoint_completed(std::uint64_t checkpoint) override {
    phases_.on_checkpoint_completed(checkpoint);
  }
  [[nodiscard]] bool committed() const override { return phases_.committed(); }
  void end_of_input(std::uint32_t) override { phases_.end_of_input(); }
  void discard() override { phases_.discard(); }

  void close() noexcept override {
    try {
      if (phases_.is_open())
        sink_.roll_back();
    } catch (...) { // the next attempt finds it as a leftover
    }
    sink_.close();
  }

private:
  void fence() override { sink_.fence(); }
  void begin() override { sink_.begin(names_.next()); }
  std::string prepare() override { return sink_.prepare(); }
  void commit(const std::string& handle) override { sink_.commit(handle); }
  void abort(const std::string& handle) override { sink_.abort(handle); }
  void abort_leftovers() override {
    for (const std::string& handle : sink_.leftovers())
      sink_.abort(handle);
  }
  std::string committed_since_snapshot() override {
    auto committed = sink_.committed();
    if (!committed)
      return "the sink does not say what it has committed";
    std::string later = names_.find_later(*committed);
    return later.empty() ? later : "transaction " + later + " is committed";
  }

  Sink sink_;
  std::optional<sink_context> context_;
  transaction_names names_;
  two_phase_commit phases_{*this};
};

} // namespace weir::detail
