#include "base/serial_executor.hpp"

#include <utility>

namespace weir {

void serial_executor::run(std::function<void()> job) {
  {
    std::lock_guard lock{line_->mutex};
    line_->waiting.push_back(std::move(job));
    if (line_->waiting.size() > 1)
      return;
  }
  runs_.run([line = line_] { run_all(*line); });
}

void serial_executor::run_all(line& of) {
  for (;;) {
    std::function<void()>* first = nullptr;
    {
      std::lock_guard lock{of.mutex};
      first = &of.waiting.front(); // which stays where it is when others come behind it
    }
    (*first)();
    std::lock_guard lock{of.mutex};
    of.waiting.pop_front();
    if (of.waiting.empty())
      return;
  }
}

} // namespace weir
