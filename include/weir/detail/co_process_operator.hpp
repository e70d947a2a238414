#pragma once

#include <weir/detail/function_operator.hpp>

#include <cstdint>
#include <utility>

namespace weir::detail {

/// Runs a function object of the user on the records of two streams: see connected_streams.
template <class In1, class In2, class Out, class F>
class co_process_operator final : public function_operator<F, Out, plain_part<record_context>> {
public:
  using function_operator<F, Out, plain_part<record_context>>::function_operator;

  void process(std::uint32_t input, batch_ptr& records) override {
    if (input == 0)
      this->template each<In1>(records, [this](In1& record) {
        call_first(this->function_, record, this->part_->context, this->out_);
      });
    else
      this->template each<In2>(records, [this](In2& record) {
        call_second(this->function_, record, this->part_->context, this->out_);
      });
  }
};

/// The same on two streams with the same kind of key: see keyed_connected_streams.
template <class In1, class KeyOf1, class In2, class KeyOf2, class Key, class Out, class F>
class keyed_co_process_operator final
    : public function_operator<F, Out, keyed_part<Key, keyed_context<Key>>> {
  using base = function_operator<F, Out, keyed_part<Key, keyed_context<Key>>>;

public:
  keyed_co_process_operator(KeyOf1 key1, KeyOf2 key2, F function)
      : base{std::move(function)}, key1_{std::move(key1)}, key2_{std::move(key2)} {}

  void process(std::uint32_t input, batch_ptr& records) override {
    if (input == 0)
      this->template each<In1>(records, key1_, [this](In1& record) {
        call_first(this->function_, record, this->part_->context, this->out_);
      });
    else
      this->template each<In2>(records, key2_, [this](In2& record) {
        call_second(this->function_, record, this->part_->context, this->out_);
      });
  }

private:
  [[no_unique_address]] KeyOf1 key1_;
  [[no_unique_address]] KeyOf2 key2_;
};

} // namespace weir::detail
