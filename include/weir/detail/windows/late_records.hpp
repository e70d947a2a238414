#pragma once

#include <weir/detail/metrics.hpp>
#include <weir/side_output.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace weir::detail {

/// Where records go whose windows are gone: to a side output where the user wants them, else only to a count.
template <class T>
class late_records {
public:
  explicit late_records(std::optional<weir::side_output<T>> to) : to_{std::move(to)} {}

  void open(operator_context& context) {
    count_ = &context.metrics().metric("late_records", metric_kind::counter);
    sides_.open(context);
  }

  void take(const T& record, event_time time) {
    count_->value += 1;
    if (to_)
      sides_.get(*to_, true, time).emit(record);
  }

  void flush() { sides_.flush(); }

private:
  std::optional<weir::side_output<T>> to_;
  metric_value* count_ = nullptr;
  side_collectors sides_;
};

} // namespace weir::detail
