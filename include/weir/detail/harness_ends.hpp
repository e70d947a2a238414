#pragma once

#include <weir/collector.hpp>
#include <weir/detail/operator.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weir::testing {

/// A record with its event time, if it has one.
template <class T>
struct timed {
  T record{};
  std::optional<std::int64_t> timestamp;

  timed() = default;
  timed(T value, std::optional<std::int64_t> time = {}) : record{std::move(value)}, timestamp{time} {}
  bool operator==(const timed&) const = default;
};

} // namespace weir::testing

namespace weir::detail {

/// What a test pushes, in order.
template <class T>
struct pushed_input {
  struct event {
    std::optional<testing::timed<T>> record;
    std::optional<event_time> watermark; ///< neither: idle
  };
  std::deque<event> events;
  bool ended = false;
};

template <class T>
class pushed_source final : public source_operator {
public:
  explicit pushed_source(std::shared_ptr<pushed_input<T>> from) : from_{std::move(from)} {}

  void open(operator_context& context) override {
    context_ = &context;
    out_.attach(context.out());
  }

  status poll() override {
    for (; !from_->events.empty(); from_->events.pop_front()) {
      auto& next = from_->events.front();
      if (next.record) {
        out_.begin(next.record->timestamp.has_value());
        if (next.record->timestamp)
          out_.at(*next.record->timestamp);
        out_.emit(std::move(next.record->record));
        continue;
      }
      out_.flush();
      if (next.watermark)
        context_->emit_watermark(*next.watermark);
      else
        context_->set_idle();
    }
    return from_->ended ? status::ended : status::idle;
  }

  void flush() override { out_.flush(); }

private:
  std::shared_ptr<pushed_input<T>> from_;
  operator_context* context_ = nullptr;
  collector<T> out_;
};

/// What has come out.
template <class T>
struct captured_output {
  std::vector<testing::timed<T>> records;
  event_time watermark = min_event_time;
};

/// The text of a record is gone with its batch; a test keeps it as long as it likes.
template <class T>
class captured_sink final : public stream_operator {
public:
  explicit captured_sink(std::shared_ptr<captured_output<T>> to) : to_{std::move(to)} {
    static_assert(
        !contains_text<T>,
        "a harness keeps the records that come out: map weir::text to std::string at the piece's end");
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<T>&>(*records);
    for (std::uint32_t i = 0; i < in.size; ++i)
      to_->records.emplace_back(in.values()[i],
                                in.has_timestamps ? std::optional{in.timestamps()[i]} : std::nullopt);
  }

  void on_watermark(event_time time) override { to_->watermark = time; }

private:
  std::shared_ptr<captured_output<T>> to_;
};

} // namespace weir::detail
