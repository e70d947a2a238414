#include "simulation/shrink.hpp"

#include <numeric>

namespace weir::simulation {

std::vector<std::size_t> shrink(const std::vector<planned_fault>& faults,
                                const std::function<bool(const std::vector<planned_fault>&)>& still_fails) {
  std::vector<std::size_t> kept(faults.size());
  std::iota(kept.begin(), kept.end(), 0);
  // Whatever can be spared may make another one spare that could not be before.
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < kept.size();) {
      auto fewer = kept;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      if (still_fails(only(faults, fewer))) {
        kept = std::move(fewer);
        again = true;
      } else {
        ++i;
      }
    }
  }
  return kept;
}

std::vector<planned_fault> only(const std::vector<planned_fault>& faults,
                                const std::vector<std::size_t>& which) {
  std::vector<planned_fault> chosen;
  for (std::size_t each : which)
    chosen.push_back(faults.at(each));
  return chosen;
}

std::string join(const std::vector<std::size_t>& numbers) {
  std::string text;
  for (std::size_t each : numbers)
    text += (text.empty() ? "" : ",") + std::to_string(each);
  return text;
}

} // namespace weir::simulation
