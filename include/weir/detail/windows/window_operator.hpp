#pragma once

#include <weir/detail/function_operator.hpp>
#include <weir/detail/windows/window_time.hpp>

#include <utility>

namespace weir::detail {

/// Runs a window_function. Event time is kept over failures: see kept_time.
template <class In, class Key, class KeyOf, class Out, class F>
class window_operator final : public function_operator<F, Out, keyed_part<Key, keyed_context<Key>>> {
  using base = function_operator<F, Out, keyed_part<Key, keyed_context<Key>>>;

public:
  window_operator(KeyOf key, F function) : base{std::move(function)}, key_{std::move(key)} {}

  void process(std::uint32_t, batch_ptr& records) override {
    this->template each<In>(records, key_, [this](In& record) {
      this->function_.process(record, this->part_->context, this->out_);
    });
  }

protected:
  void before_open(operator_context& context) override {
    kept_now_.open(context.states(), "time of windows");
  }

private:
  [[no_unique_address]] KeyOf key_;
  kept_time kept_now_{this->state_.watermark};
};

} // namespace weir::detail
