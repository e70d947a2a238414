#pragma once

#include <weir/stream.hpp>

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace time_test {

struct timed {
  std::uint32_t key = 0;
  std::int64_t value = 0;
  auto operator<=>(const timed&) const = default;
};

/// "key value @time", or "key value" without a time.
inline std::string line_of(const timed& record, std::optional<std::int64_t> time) {
  std::string line = std::to_string(record.key) + ' ' + std::to_string(record.value);
  return time ? line + " @" + std::to_string(*time) : line;
}

/// Gives each record with its time to the job.
class time_sink final : public weir::detail::stream_operator {
public:
  explicit time_sink(std::string result) : result_{std::move(result)} {}

  void open(weir::detail::operator_context& context) override { context_ = &context; }
  void process(std::uint32_t, weir::detail::batch_ptr& records) override {
    auto& in = static_cast<weir::detail::batch<timed>&>(*records);
    std::string lines;
    for (std::uint32_t i = 0; i < in.size; ++i) {
      std::optional<std::int64_t> time;
      if (in.has_timestamps)
        time = in.timestamps()[i];
      lines += line_of(in.values()[i], time) + '\n';
    }
    context_->add_result(result_, lines);
  }

private:
  std::string result_;
  weir::detail::operator_context* context_ = nullptr;
};

inline void collect_times(const weir::stream<timed>& records, const std::string& result) {
  weir::detail::add_node(records.from(), "times", nullptr,
                         [result] { return std::make_unique<time_sink>(result); });
}

} // namespace time_test
