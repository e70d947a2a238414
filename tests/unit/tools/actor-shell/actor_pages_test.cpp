#include "actor_pages.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace weir::tools::shell;
using nlohmann::json;

TEST_CASE("an actor of a kind that is not known is shown field by field") {
  json actor{{"actor", "checkpoint-writer"}, {"bytes", 12}, {"files", {"a", "b"}}};
  CHECK(render(actor_page(actor, 0), {}) == "actor  checkpoint-writer\nbytes  12\nfiles  [\"a\",\"b\"]\n");
}

TEST_CASE("an actor of a known kind without any field is shown without them") {
  for (const char* kind : {"task", "job-manager", "task-manager", "slot", "dispatcher", "resource-manager"}) {
    CAPTURE(kind);
    CHECK_FALSE(render(actor_page({{"actor", kind}}, 0), {}).empty());
  }
  CHECK(render(actor_page(json::array(), 0), {}) == "");
}
