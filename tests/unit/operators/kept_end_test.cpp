#include "operators/kept_end.hpp"

#include "state/operator_state_registry.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;

namespace {

/// States that have what a snapshot gives, and give what the next one has.
class given_elements final : public detail::operator_states {
public:
  explicit given_elements(std::vector<std::string> given) : given_{std::move(given)} {}

  std::uint32_t first_key_group() const override { return 0; }
  std::uint32_t last_key_group() const override { return 0; }
  std::uint32_t max_parallelism() const override { return 1; }
  void add(detail::keyed_state&) override {}
  detail::cold_store* cold(const detail::state_type&) override { return nullptr; }
  std::uint64_t memory_budget() const override { return 0; }
  std::vector<std::string> add_elements(const detail::state_type& state, void* of,
                                        collect_elements collect) override {
    CHECK(state.kind == detail::state_kind::operator_union_list);
    of_ = of;
    collect_ = collect;
    return given_;
  }

  void snapshot(std::vector<std::string>& to) { collect_(of_, to); }

private:
  std::vector<std::string> given_;
  void* of_ = nullptr;
  collect_elements collect_ = nullptr;
};

/// A snapshot of `parallelism` subtasks, of which those in `ended` have ended.
std::vector<std::string> snapshot_of(std::uint32_t parallelism, const std::vector<std::uint32_t>& ended) {
  std::vector<std::string> all;
  for (std::uint32_t subtask : ended) {
    given_elements states{{}};
    kept_end end;
    CHECK_FALSE(end.open(states, subtask, parallelism));
    end.note();
    states.snapshot(all);
  }
  return all;
}

bool ended_before(const std::vector<std::string>& snapshot, std::uint32_t subtask,
                  std::uint32_t parallelism) {
  given_elements states{snapshot};
  kept_end end;
  return end.open(states, subtask, parallelism);
}

} // namespace

TEST_CASE("an operator that has not ended leaves nothing in a snapshot") {
  given_elements states{{}};
  kept_end end;
  CHECK_FALSE(end.open(states, 0, 1));
  std::vector<std::string> elements;
  states.snapshot(elements);
  CHECK(elements.empty());
}

TEST_CASE("each subtask has ended that had in the snapshot") {
  auto snapshot = snapshot_of(3, {0, 2});
  CHECK(ended_before(snapshot, 0, 3));
  CHECK_FALSE(ended_before(snapshot, 1, 3));
  CHECK(ended_before(snapshot, 2, 3));
}

TEST_CASE("that it had ended is in the snapshots of the next run as well") {
  given_elements states{snapshot_of(1, {0})};
  kept_end end;
  CHECK(end.open(states, 0, 1));
  std::vector<std::string> elements;
  states.snapshot(elements);
  CHECK(elements.size() == 1);
}

TEST_CASE("at another parallelism all must have ended, or none") {
  for (std::uint32_t subtask : {0, 1, 2, 3})
    CHECK(ended_before(snapshot_of(2, {0, 1}), subtask, 4));
  CHECK_FALSE(ended_before(snapshot_of(2, {}), 0, 4));
  CHECK_THROWS_WITH_AS(ended_before(snapshot_of(2, {1}), 0, 4),
                       doctest::Contains("1 of its 2 subtasks had ended"), std::invalid_argument);
}
