#include "timeline.hpp"

#include <cstdio>
#include <utility>

namespace weir::scenario {

void timeline::add(double at_seconds, unsigned line, std::string what) {
  entries_.push_back({at_seconds, line, std::move(what)});
  if (shown_) {
    print(*shown_, entries_.back());
    shown_->flush();
  }
}

void timeline::print(std::ostream& out) const {
  for (const entry& each : entries_)
    print(out, each);
}

void timeline::print(std::ostream& out, const entry& each) {
  char place[48];
  if (each.line != 0)
    std::snprintf(place, sizeof place, "%9.3f s  line %-4u", each.seconds, each.line);
  else
    std::snprintf(place, sizeof place, "%9.3f s           ", each.seconds);
  out << place << ' ' << each.what << '\n';
}

} // namespace weir::scenario
