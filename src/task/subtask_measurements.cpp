// What a subtask tells people of itself.
#include "task/subtask.hpp"

#include <utility>

namespace weir {

namespace {

/// Takes metrics away, the last ones first, until the rest is small enough.
void shrink(task_measurements& measured, std::size_t size_max) {
  while (wire_size(measured) > size_max && !measured.operators.empty()) {
    auto& metrics = measured.operators.back().metrics;
    if (metrics.empty())
      measured.operators.pop_back();
    else
      metrics.resize(metrics.size() / 2);
  }
}

} // namespace

result<measurements_ptr> subtask::measurements() {
  auto measured = std::make_shared<task_measurements>();
  if (chain_)
    if (auto done = chain_->measure(*measured); !done)
      return done.failure();
  measured->rates = rates_.update(metrics(), platform_.clock().now());
  shrink(*measured, setup_.options.metrics_max_size);
  if (wire_size(*measured) > setup_.options.metrics_max_size)
    return error{errc::failed, "its accumulators take more than " +
                                   std::to_string(setup_.options.metrics_max_size) +
                                   " bytes (metrics.max-size): use fewer of them, or raise the limit"};
  return measurements_ptr{std::move(measured)};
}

} // namespace weir
