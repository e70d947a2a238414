#pragma once

#include <weir/detail/operator.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::detail {

/// The names of a sink's transactions in one subtask: <job>-<sink>-<subtask>-<attempt>-<number>. How far they
/// are is a state of the sink.
class transaction_names {
public:
  transaction_names() = default;
  transaction_names(const transaction_names&) = delete;
  transaction_names& operator=(const transaction_names&) = delete;

  void open(operator_context& context);

  /// One that was not given before.
  std::string next();

  /// One of these that the subtask was given after the snapshot that it goes on from; empty: there is none.
  [[nodiscard]] std::string find_later(const std::vector<std::string>& names) const;

private:
  /// Of the name that was given last.
  struct position {
    std::uint32_t subtask = 0;
    std::uint64_t attempt = 0;
    std::uint64_t number = 0;
  };

  static void collect(void* of, std::vector<std::string>& to);

  std::string prefix_; ///< without attempt and number
  position last_;
  position last_of_snapshot_;
};

} // namespace weir::detail
