#include "scheduler/slot_sharing.hpp"

#include "small_jobs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

using namespace weir;

namespace {

/// `counts[i]` slots of worker i + 1.
std::vector<slot_grant> slots_on(const std::vector<std::uint32_t>& counts) {
  std::vector<slot_grant> grants;
  for (std::uint64_t worker = 0; worker < counts.size(); ++worker)
    for (std::uint32_t slot = 0; slot < counts[worker]; ++slot)
      grants.push_back(
          {.session = session_of(worker + 1), .slot = slot, .allocation = {epoch_3, grants.size() + 1}});
  return grants;
}

/// Gives all slots of the job one of these.
std::map<std::uint32_t, slot_grant> distribute(const slot_sharing& sharing,
                                               const std::vector<slot_grant>& real) {
  std::vector<std::uint32_t> every(sharing.slots());
  std::iota(every.begin(), every.end(), 0u);
  return sharing.distribute(real, every, {});
}

std::map<incarnation_id, std::uint32_t> subtasks_per_worker(const job_graph& graph,
                                                            const slot_sharing& sharing,
                                                            const std::map<std::uint32_t, slot_grant>& placed,
                                                            std::string_view vertex = {}) {
  std::map<incarnation_id, std::uint32_t> counts;
  for (std::uint32_t v = 0; v < graph.vertices.size(); ++v)
    if (vertex.empty() || graph.vertices[v].name == vertex)
      for (std::uint32_t s = 0; s < graph.vertices[v].parallelism; ++s)
        ++counts[placed.at(sharing.slot_of(v, s)).session.worker];
  return counts;
}

} // namespace

TEST_CASE("a job needs as many slots as its highest parallelism") {
  CHECK(slot_sharing{*line_of({{"source", 2}, {"count", 4}, {"sink", 1}})}.slots() == 4);
  CHECK(slot_sharing{*line_of({{"a", 2}, {"b", 2}, {"c", 2}})}.slots() == 2);
}

TEST_CASE("each sharing group needs slots of its own") {
  CHECK(slot_sharing{*line_of({{"a", 2, "x"}, {"b", 2, "y"}, {"c", 1, "x"}})}.slots() == 4);
}

TEST_CASE("a slot hosts at most one subtask of each vertex, and of one group") {
  auto graph = line_of({{"a", 3, "x"}, {"b", 2, "y"}, {"c", 2, "x"}, {"d", 4, "y"}});
  slot_sharing sharing{*graph};
  std::map<std::uint32_t, std::set<std::uint32_t>> vertices_in;
  std::map<std::uint32_t, std::set<std::string>> groups_in;
  for (std::uint32_t v = 0; v < graph->vertices.size(); ++v)
    for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s) {
      std::uint32_t slot = sharing.slot_of(v, s);
      CHECK(slot < sharing.slots());
      CHECK(vertices_in[slot].insert(v).second);
      groups_in[slot].insert(graph->vertices[v].slot_sharing_group);
    }
  for (const auto& [slot, groups] : groups_in)
    CHECK(groups.size() == 1);
}

TEST_CASE("subtask i of every vertex of a group is in the same slot") {
  auto graph = line_of({{"a", 3}, {"b", 2}, {"c", 3}});
  slot_sharing sharing{*graph};
  for (std::uint32_t i = 0; i < 2; ++i)
    CHECK((sharing.slot_of(0, i) == sharing.slot_of(1, i) && sharing.slot_of(1, i) == sharing.slot_of(2, i)));
}

TEST_CASE("every slot that was got is used once") {
  auto graph = line_of({{"a", 3, "x"}, {"b", 4, "y"}});
  slot_sharing sharing{*graph};
  auto real = slots_on({4, 2, 1});
  std::vector<slot_grant> used;
  for (const auto& [slot, grant] : distribute(sharing, real))
    used.push_back(grant);
  std::ranges::sort(used, {}, &slot_grant::allocation);
  CHECK(used == real);
}

TEST_CASE("subtasks are spread evenly over the workers") {
  auto graph = line_of({{"source", 2}, {"count", 4}, {"sink", 1}});
  slot_sharing sharing{*graph};
  auto placed = distribute(sharing, slots_on({2, 2}));
  auto counts = subtasks_per_worker(*graph, sharing, placed);
  CHECK(counts[process_numbered(1)] + counts[process_numbered(2)] == 7);
  CHECK(std::max(counts[process_numbered(1)], counts[process_numbered(2)]) == 4);
}

TEST_CASE("the few subtasks of a heavy vertex do not meet on one worker") {
  auto graph = line_of({{"light", 8}, {"heavy", 4}});
  slot_sharing sharing{*graph};
  auto placed = distribute(sharing, slots_on({2, 2, 2, 2}));
  for (const auto& [worker, count] : subtasks_per_worker(*graph, sharing, placed, "heavy"))
    CHECK(count == 1);
}

TEST_CASE("a heavy group is spread as evenly as a light one") {
  auto graph = line_of({{"a", 2, "heavy"}, {"b", 2, "heavy"}, {"c", 2, "light"}});
  slot_sharing sharing{*graph};
  auto placed = distribute(sharing, slots_on({2, 2}));
  for (const char* vertex : {"a", "b", "c"})
    for (const auto& [worker, count] : subtasks_per_worker(*graph, sharing, placed, vertex))
      CHECK(count == 1);
}

TEST_CASE("slots that are filled later are spread with regard to those that are in use") {
  auto graph = line_of({{"a", 4}});
  slot_sharing sharing{*graph};
  auto real = slots_on({2, 2});
  // Worker 1 has two already, worker 2 none.
  std::map<std::uint32_t, slot_grant> taken{{0, slots_on({2})[0]}, {1, slots_on({2})[1]}};
  auto placed = sharing.distribute({real[1], real[2]}, {2, 3}, taken);
  CHECK(placed.at(2) == real[2]);
  CHECK(placed.at(3) == real[1]);
}

TEST_CASE("a slot goes to the worker it wishes, if that has one left, and the others are spread") {
  auto graph = line_of({{"a", 4}, {"b", 2}});
  slot_sharing sharing{*graph};
  auto real = slots_on({2, 2});
  auto placed = sharing.distribute(real, {0, 1, 2, 3}, {},
                                   {{0, process_numbered(2)},
                                    {3, process_numbered(2)},
                                    {2, process_numbered(2)},   // which is full then
                                    {1, process_numbered(7)}}); // which is not there
  REQUIRE(placed.size() == 4);
  CHECK(placed.at(0).session == session_of(2));
  std::set<allocation_id> used;
  for (const auto& [slot, grant] : placed)
    CHECK(used.insert(grant.allocation).second);
  auto at_2 =
      std::ranges::count_if(placed, [](const auto& each) { return each.second.session == session_of(2); });
  CHECK(at_2 == 2);
  CHECK(placed.at(1).session == session_of(1));
}
