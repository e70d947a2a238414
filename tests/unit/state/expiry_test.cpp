#include "leveldb_fixture.hpp"
#include "snapshot_fixture.hpp"
#include "state/snapshot_fold.hpp"

#include <weir/detail/state/keyed_states.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

using namespace weir;
using namespace weir::testing;

namespace {

constexpr std::uint64_t keys = 20'000;
constexpr std::int64_t lifetime = 3'600'000;

/// Values that expire an hour after they were written, in memory or in front of a database.
struct expiring_values {
  explicit expiring_values(bool in_database, const std::vector<snapshot_chain>& chains = {}) {
    operator_state_registry::settings settings{.who = files.who(0, 1), .chains = chains};
    if (in_database) {
      database.emplace(leveldb.create());
      settings.memory_budget = 64 * 1024;
      settings.make_cold = [this](const state_type&) { return database->store(0); };
    }
    auto made = operator_state_registry::make(std::move(settings));
    REQUIRE_MESSAGE(made, made.failure().message());
    registry = std::move(*made);
    states = std::make_unique<detail::keyed_states<std::uint64_t>>(*registry, [this] { return now; });
    values =
        states->make(weir::value<std::string>("values").expires_after(std::chrono::milliseconds{lifetime}));
    CHECK(registry->opened().empty());
  }

  void write(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t number = from; number < to; ++number) {
      select(number);
      values.set(std::string(40, 'v'));
      if (number % 100 == 0)
        tend();
    }
  }
  bool has(std::uint64_t number) {
    select(number);
    return values.has_value();
  }
  void tend() {
    states->deselect();
    states->tend();
  }

  std::string snapshot(std::uint64_t number, std::uint64_t parent = 0) {
    auto path = files.write(*registry, files.head(0, 1, number, parent));
    registry->confirm(number);
    return path;
  }
  std::uint64_t entries_in(const std::string& path) {
    auto reader = snapshot_reader::open(files.files, path, files.options);
    REQUIRE(reader);
    return (*reader)->entries(0, {0, snapshot_fixture::max_parallelism - 1});
  }
  /// Entries of the database, whether they are newer in memory or not.
  std::uint64_t stored() {
    std::uint64_t count = 0;
    auto cursor = database->store(0)->freeze();
    for (; cursor->valid(); cursor->next())
      ++count;
    return count;
  }

  snapshot_fixture files;
  leveldb_fixture leveldb;
  std::int64_t now = files.platform.clock().wall_ms();
  std::optional<leveldb_database> database;
  std::unique_ptr<operator_state_registry> registry;
  std::unique_ptr<detail::keyed_states<std::uint64_t>> states;
  value_state<std::string> values;

private:
  void select(std::uint64_t number) {
    key_ = number;
    states->select(key_, detail::hash_key(key_));
  }
  std::uint64_t key_ = 0;
};

} // namespace

TEST_CASE("what has expired and is never asked for again leaves memory and the database") {
  for (bool in_database : {false, true}) {
    CAPTURE(in_database);
    expiring_values subject{in_database};
    subject.write(0, keys);
    subject.now += lifetime / 2;
    subject.write(keys / 2, keys / 2 + 100);
    if (in_database)
      REQUIRE(subject.stored() > keys / 2);
    subject.now += lifetime / 2;
    for (int i = 0; i < 400; ++i, subject.now += 10)
      subject.tend();
    for (std::uint64_t number = keys / 2; number < keys / 2 + 100; ++number)
      REQUIRE(subject.has(number));
    if (in_database) {
      subject.database->flush();
      CHECK(subject.stored() <= 100 + 1024); // removals are written by the thousand
    } else {
      CHECK(subject.registry->entries() == 100);
    }
  }
}

TEST_CASE("what the database has still is looked through again and again, but seldom") {
  expiring_values subject{true};
  subject.write(0, keys);
  subject.now += lifetime;
  auto stored = subject.stored();
  for (int i = 0; i < 1'000; ++i)
    subject.tend(); // no time passes
  CHECK(stored - subject.stored() <= 1024);
}

TEST_CASE("snapshots have nothing that has expired") {
  for (bool in_database : {false, true}) {
    CAPTURE(in_database);
    expiring_values subject{in_database};
    subject.write(0, keys);
    subject.now += lifetime - 1;
    subject.write(0, 100);
    CHECK(subject.entries_in(subject.snapshot(1)) == keys);
    subject.now += 1;
    CHECK(subject.entries_in(subject.snapshot(2)) == 100);
    subject.write(100, 200);
    CHECK(subject.entries_in(subject.snapshot(3, 2)) == 100);
  }
}

TEST_CASE("what has expired is left out when snapshots are folded, and when one is restored") {
  for (bool in_database : {false, true}) {
    CAPTURE(in_database);
    expiring_values subject{in_database};
    auto wall = subject.now;
    subject.now = wall - lifetime - 60'000;
    subject.write(0, keys);
    auto base = subject.snapshot(1);
    subject.now = wall - 60'000;
    subject.write(0, 100);
    auto changes = subject.snapshot(2, 1);
    auto chain = subject.files.open({base, changes});
    auto folded = fold_snapshots(subject.files.platform, chain, "snapshots/folded", subject.files.options);
    REQUIRE_MESSAGE(folded, folded.failure().message());
    CHECK(folded->size.entries == 100);

    expiring_values restored{in_database, {chain}};
    CHECK(restored.has(0));
    CHECK(restored.has(99));
    CHECK_FALSE(restored.has(100));
    if (!in_database)
      CHECK(restored.registry->entries() == 100);
  }
}
