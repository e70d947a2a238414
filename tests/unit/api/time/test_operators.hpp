#pragma once

#include "timed_record.hpp"

#include <weir/collector.hpp>
#include <weir/detail/graph_builder.hpp>

#include <stdexcept>
#include <utility>

namespace time_test {

inline timed mark_input(timed record, std::uint32_t input) {
  return {record.key, record.value * 2 + input};
}

inline bool is_odd(const timed& record) {
  return record.value % 2 != 0;
}

/// What the operators below share: a collector that follows the times of the records.
class collecting_operator : public weir::detail::stream_operator {
public:
  void open(weir::detail::operator_context& context) override { out_.attach(context.out()); }
  void flush() override { out_.flush(); }

protected:
  /// Calls `f(record)` for each record, after `to` were told its time.
  template <class F, class... To>
  static void each(weir::detail::batch_ptr& records, F f, To&... to) {
    auto& in = static_cast<weir::detail::batch<timed>&>(*records);
    (to.begin(in.has_timestamps), ...);
    for (std::uint32_t i = 0; i < in.size; ++i) {
      if (in.has_timestamps)
        (to.at(in.timestamps()[i]), ...);
      f(in.values()[i]);
    }
  }

  weir::collector<timed> out_;
};

class two_inputs_operator final : public collecting_operator {
public:
  void process(std::uint32_t input, weir::detail::batch_ptr& records) override {
    each(
        records, [&](const timed& record) { out_.emit(mark_input(record, input)); }, out_);
  }
};

class split_operator final : public collecting_operator {
public:
  void open(weir::detail::operator_context& context) override {
    collecting_operator::open(context);
    odd_.attach(context.side_out(0));
  }
  void process(std::uint32_t, weir::detail::batch_ptr& records) override {
    each(
        records, [&](const timed& record) { (is_odd(record) ? odd_ : out_).emit(record); }, out_, odd_);
  }
  void flush() override {
    out_.flush();
    odd_.flush();
  }

private:
  weir::collector<timed> odd_;
};

/// Fails on a record behind a watermark, and on time that goes back.
class check_operator final : public weir::detail::stream_operator {
public:
  void open(weir::detail::operator_context& context) override { out_ = context.out(); }
  void process(std::uint32_t, weir::detail::batch_ptr& records) override {
    auto& in = static_cast<weir::detail::batch<timed>&>(*records);
    for (std::uint32_t i = 0; in.has_timestamps && i < in.size; ++i)
      if (in.timestamps()[i] <= time_)
        throw std::logic_error{line_of(in.values()[i], in.timestamps()[i]) + " is behind the watermark " +
                               std::to_string(time_)};
    out_->emit(records);
  }
  void on_watermark(weir::detail::event_time time) override {
    if (time <= time_)
      throw std::logic_error{"time goes from " + std::to_string(time_) + " to " + std::to_string(time)};
    time_ = time;
  }

private:
  weir::detail::output* out_ = nullptr;
  weir::detail::event_time time_ = weir::detail::min_event_time;
};

inline weir::stream<timed> add_two_inputs(const weir::stream<timed>& a, const weir::stream<timed>& b) {
  auto node = weir::detail::add_node(std::vector{a.from(), b.from()}, "two_inputs",
                                     &weir::detail::record_type_of<timed>(),
                                     [] { return std::make_unique<two_inputs_operator>(); });
  return weir::stream<timed>{weir::detail::upstream::of(a.from().env, node)};
}

/// The even and the odd values.
inline std::pair<weir::stream<timed>, weir::stream<timed>> add_split(const weir::stream<timed>& from) {
  const auto& record = weir::detail::record_type_of<timed>();
  weir::environment* env = from.from().env;
  auto node = weir::detail::add_node(from.from(), "split", &record,
                                     [] { return std::make_unique<split_operator>(); });
  auto side = weir::detail::add_side_output(*env, node, "odd", &record);
  return {weir::stream<timed>{weir::detail::upstream::of(env, node)},
          weir::stream<timed>{weir::detail::upstream::of(env, node, side + 1)}};
}

inline weir::stream<timed> add_check(const weir::stream<timed>& from) {
  auto node = weir::detail::add_node(from.from(), "check", &weir::detail::record_type_of<timed>(),
                                     [] { return std::make_unique<check_operator>(); });
  return weir::stream<timed>{weir::detail::upstream::of(from.from().env, node)};
}

} // namespace time_test
