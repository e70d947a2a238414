#include "timeline.hpp"

#include <cstdio>
#include <utility>

namespace weir::scenario {

void timeline::add(unsigned line, std::string what) {
  entries_.push_back({seconds(), line, std::move(what)});
  if (shown_)
    print(*shown_, entries_.back());
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
  out << place << ' ' << each.what << std::endl;
}

double timeline::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

} // namespace weir::scenario
