#pragma once

#include <weir/detail/state/change_log.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace weir::detail {

/// What has left a table since its last cut, and before that since the last one that was confirmed: changes
/// that the table itself does not show any more.
class departures {
public:
  /// Since the last cut.
  [[nodiscard]] change_log& latest() const { return *latest_; }

  /// A cut is taken. `version`: of the table.
  void cut(std::uint32_t version, std::uint64_t number) {
    by_cut_.push_back({version, number, std::exchange(latest_, std::make_shared<change_log>())});
  }

  /// All since the last cut that was confirmed, up to the last cut.
  [[nodiscard]] std::vector<std::shared_ptr<const change_log>> since_confirmed() const {
    std::vector<std::shared_ptr<const change_log>> logs;
    for (const departed& each : by_cut_)
      logs.push_back(each.log);
    return logs;
  }
  /// Whether they have the entries as they were when they left.
  [[nodiscard]] bool complete() const {
    for (const departed& each : by_cut_)
      if (!each.log->complete())
        return false;
    return true;
  }

  /// Forgets what belongs to cuts up to `number`. Returns the table's version at the last of them.
  std::optional<std::uint32_t> confirm(std::uint64_t number) {
    std::optional<std::uint32_t> version;
    while (!by_cut_.empty() && by_cut_.front().number <= number) {
      version = by_cut_.front().version;
      by_cut_.erase(by_cut_.begin());
    }
    return version;
  }

  [[nodiscard]] std::size_t memory() const {
    std::size_t bytes = latest_->memory();
    for (const departed& each : by_cut_)
      bytes += each.log->memory();
    return bytes;
  }

private:
  struct departed {
    std::uint32_t version;
    std::uint64_t number;
    std::shared_ptr<change_log> log;
  };

  std::shared_ptr<change_log> latest_ = std::make_shared<change_log>();
  std::vector<departed> by_cut_; ///< cuts that are not confirmed, oldest first
};

} // namespace weir::detail
