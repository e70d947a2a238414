#pragma once

#include <weir/detail/function_operator.hpp>

#include <cstdint>
#include <functional>
#include <utility>

namespace weir::detail {

/// Runs a function object of the user on each record: see stream::process.
template <class In, class Out, class F>
class process_operator final : public function_operator<F, Out, plain_part<record_context>> {
public:
  using function_operator<F, Out, plain_part<record_context>>::function_operator;

  void process(std::uint32_t, batch_ptr& records) override {
    this->template each<In>(records, [this](In& record) {
      call_process(this->function_, record, this->part_->context, this->out_);
    });
  }
};

/// The same on a keyed stream: see keyed_stream::process.
template <class In, class Key, class KeyOf, class Out, class F>
class keyed_process_operator final : public function_operator<F, Out, keyed_part<Key, keyed_context<Key>>> {
  using base = function_operator<F, Out, keyed_part<Key, keyed_context<Key>>>;

public:
  keyed_process_operator(KeyOf key, F function) : base{std::move(function)}, key_{std::move(key)} {}

  void process(std::uint32_t, batch_ptr& records) override {
    this->template each<In>(records, key_, [this](In& record) {
      call_process(this->function_, record, this->part_->context, this->out_);
    });
  }

private:
  [[no_unique_address]] KeyOf key_;
};

/// Runs a function of the user on each record, as the end of a stream.
template <class In, class F>
class for_each_sink final : public stream_operator {
public:
  explicit for_each_sink(F function) : function_{std::move(function)} {}

  void open(operator_context& context) override {
    opening_.emplace(context);
    open_function(function_, *opening_);
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<In>&>(*records);
    In* values = in.values();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      std::invoke(function_, values[i]);
  }

  bool drain() override {
    if constexpr (requires { function_.finish(); })
      function_.finish();
    return false;
  }

  void close() noexcept override { close_function(function_); }

private:
  F function_;
  std::optional<function_context> opening_;
};

} // namespace weir::detail
