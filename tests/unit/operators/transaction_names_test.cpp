#include "manual_context.hpp"

#include <weir/detail/transaction_names.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using namespace weir;
using namespace weir::testing;

namespace {

/// The names of an attempt.
struct named {
  explicit named(manual_context::who of = {}, element_snapshot restored = {})
      : context{std::move(of), *system, std::move(restored)} {
    names.open(context);
  }

  std::unique_ptr<platform> system = make_system_platform();
  manual_context context;
  detail::transaction_names names;
};

} // namespace

TEST_CASE("a transaction's name has job, sink, subtask, attempt and number") {
  named of{{.subtask = 3, .parallelism = 4, .attempt = 9}};
  CHECK(of.names.next() == "job-sink-3-9-1");
  CHECK(of.names.next() == "job-sink-3-9-2");
}

TEST_CASE("names are later than a snapshot when they were given behind it, by this attempt or a later one") {
  named before{{.attempt = 9}};
  std::string first = before.names.next();
  auto snapshot = before.context.snapshot();
  std::string second = before.names.next();
  named between{{.attempt = 10}, snapshot};
  std::string third = between.names.next();
  named after{{.attempt = 11}, snapshot};
  CHECK(after.names.find_later({}).empty());
  CHECK(after.names.find_later({first}).empty());
  CHECK(after.names.find_later({first, second}) == second);
  CHECK(after.names.find_later({third, first}) == third);
}

TEST_CASE("without a name in the snapshot every one of the subtask is later") {
  named of{{.attempt = 2}};
  CHECK(of.names.find_later({"job-sink-0-1-1"}) == "job-sink-0-1-1");
}

TEST_CASE("names of others are not taken for later ones") {
  named of{{.attempt = 2}};
  for (const char* other : {"other-sink-0-1-1", "job-sink2-0-1-1", "job-sink-1-1-1", "job-sink-0-1",
                            "job-sink-0-x-1", "job-sink-0-1-x", "job-sink-0-1-1x", "", "-"}) {
    CAPTURE(other);
    CHECK(of.names.find_later({other}).empty());
  }
}

TEST_CASE("a snapshot that is no position of names is refused") {
  CHECK_THROWS_AS((named{{}, {{"weir: named", {"x"}}}}), detail::state_error);
}
