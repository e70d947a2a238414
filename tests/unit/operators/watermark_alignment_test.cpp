#include "operators/watermark_alignment.hpp"

#include <doctest/doctest.h>

using weir::detail::max_event_time;

TEST_CASE("a member hears of the one that is behind all others, within its job and group") {
  weir::watermark_alignment alignment;
  int a = 0, b = 0, c = 0;
  CHECK(alignment.report("job", "clicks", &a, 10) == 10);
  CHECK(alignment.report("job", "clicks", &b, 5) == 5);
  CHECK(alignment.report("job", "views", &c, 1) == 1);
  CHECK(alignment.report("other job", "clicks", &c, 2) == 2);
  CHECK(alignment.report("job", "clicks", &a, 20) == 5);
  CHECK(alignment.report("job", "clicks", &b, max_event_time) == 20);
  CHECK(alignment.report("job", "clicks", &b, 7) == 7);
  alignment.leave(&b);
  CHECK(alignment.report("job", "clicks", &a, 30) == 30);
}
