#include "exchange/barrier_aligner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using namespace weir;
using mode = barrier_aligner::mode;

namespace {

using snapshot = std::optional<barrier>;
const snapshot none;

} // namespace

TEST_CASE("a channel waits from its barrier on, until every channel had the barrier") {
  barrier_aligner aligner{3, mode::exactly_once};
  CHECK(aligner.on_barrier(1, {5, 4}) == none);
  CHECK(aligner.is_blocked(1));
  CHECK_FALSE(aligner.is_blocked(0));
  CHECK(aligner.aligning() == 5);
  CHECK(aligner.on_barrier(0, {5, 4}) == none);
  CHECK_FALSE(aligner.take_released());
  CHECK(aligner.on_barrier(2, {5, 4}) == snapshot{{5, 4}});
  for (std::uint32_t channel : {0, 1, 2})
    CHECK_FALSE(aligner.is_blocked(channel));
  CHECK(aligner.take_released());
  CHECK_FALSE(aligner.take_released());
  CHECK(aligner.aligning() == 0);
}

TEST_CASE("one channel needs to wait for none") {
  barrier_aligner aligner{1, mode::exactly_once};
  CHECK(aligner.on_barrier(0, {1, 0}) == snapshot{{1, 0}});
  CHECK(aligner.on_barrier(0, {3, 1}) == snapshot{{3, 1}});
}

TEST_CASE("a channel that has ended counts as aligned, also when it ends during an alignment") {
  barrier_aligner aligner{3, mode::exactly_once};
  CHECK(aligner.on_end(0) == none);
  CHECK(aligner.on_barrier(1, {1, 0}) == none);
  CHECK(aligner.on_end(2) == snapshot{{1, 0}});
  CHECK_FALSE(aligner.is_blocked(1));
  CHECK(aligner.on_barrier(1, {2, 1}) == snapshot{{2, 1}});
}

TEST_CASE("barriers of a checkpoint that was given up are swallowed, however late they come") {
  barrier_aligner aligner{2, mode::exactly_once};
  aligner.on_aborted(1); // the notice overtook the barriers
  CHECK(aligner.on_barrier(0, {1, 0}) == none);
  CHECK_FALSE(aligner.is_blocked(0));
  CHECK(aligner.on_barrier(0, {2, 0}) == none);
  CHECK(aligner.on_barrier(1, {1, 0}) == none);
  CHECK_FALSE(aligner.is_blocked(1));
  CHECK(aligner.on_barrier(1, {2, 0}) == snapshot{{2, 0}});
}

TEST_CASE("giving up the checkpoint that is being aligned lets its channels go on; another one's does not") {
  barrier_aligner aligner{2, mode::exactly_once};
  CHECK(aligner.on_barrier(0, {2, 0}) == none);
  aligner.on_aborted(1);
  CHECK(aligner.is_blocked(0));
  CHECK(aligner.aligning() == 2);
  aligner.on_aborted(2);
  CHECK_FALSE(aligner.is_blocked(0));
  CHECK(aligner.take_released());
  CHECK(aligner.on_barrier(1, {2, 0}) == none);
  CHECK(aligner.aligning() == 0);
}

TEST_CASE("a barrier of a later checkpoint ends the alignment of an earlier one, never the reverse") {
  barrier_aligner aligner{3, mode::exactly_once};
  CHECK(aligner.on_barrier(0, {1, 0}) == none);
  CHECK(aligner.on_barrier(1, {2, 0}) == none);
  CHECK_FALSE(aligner.is_blocked(0));
  CHECK(aligner.is_blocked(1));
  CHECK(aligner.on_barrier(2, {1, 0}) == none);
  CHECK_FALSE(aligner.is_blocked(2));
  CHECK(aligner.on_barrier(0, {2, 0}) == none);
  CHECK(aligner.on_barrier(2, {2, 0}) == snapshot{{2, 0}});
  CHECK(aligner.on_barrier(2, {1, 0}) == none);
}

TEST_CASE("at least once no channel waits, and each snapshot is taken at the last of its barriers") {
  barrier_aligner aligner{2, mode::at_least_once};
  CHECK(aligner.on_barrier(0, {1, 0}) == none);
  CHECK_FALSE(aligner.is_blocked(0));
  CHECK(aligner.on_barrier(0, {2, 0}) == none);
  CHECK(aligner.on_barrier(1, {1, 0}) == snapshot{{1, 0}});
  CHECK(aligner.on_barrier(1, {2, 0}) == snapshot{{2, 0}});
}

TEST_CASE(
    "every order of barriers gives the cut of a run without any: each snapshot has what lies before the "
    "barriers, and nothing else") {
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random{seed};
    std::uint32_t channels = 1 + random() % 4;
    // Records are 0, barriers their number. An aborted checkpoint may lack barriers.
    std::vector<std::deque<checkpoint_id>> waiting(channels);
    std::set<checkpoint_id> aborted;
    constexpr checkpoint_id last = 6;
    for (checkpoint_id id = 1; id <= last; ++id) {
      bool gives_up = random() % 3 == 0 && id != last;
      for (auto& channel : waiting) {
        channel.insert(channel.end(), random() % 4, 0);
        if (!gives_up || random() % 2 == 0)
          channel.push_back(id);
      }
      if (gives_up)
        aborted.insert(id);
    }
    std::vector<std::map<checkpoint_id, std::size_t>> before(channels); // records in front of each barrier
    for (std::uint32_t c = 0; c < channels; ++c)
      for (std::size_t records = 0; checkpoint_id item : waiting[c])
        if (item == 0)
          ++records;
        else
          before[c][item] = records;

    barrier_aligner aligner{channels, mode::exactly_once};
    std::vector<std::size_t> read(channels);
    std::vector<checkpoint_id> taken;
    auto notices = aborted;
    auto note = [&](const snapshot& found) {
      if (!found)
        return;
      taken.push_back(found->checkpoint);
      for (std::uint32_t c = 0; c < channels; ++c)
        if (before[c].contains(found->checkpoint))
          CHECK(read[c] == before[c][found->checkpoint]);
    };
    while (true) {
      if (!notices.empty() && random() % 4 == 0) {
        aligner.on_aborted(*notices.begin());
        notices.erase(notices.begin());
      }
      std::vector<std::uint32_t> readable;
      for (std::uint32_t c = 0; c < channels; ++c)
        if (!waiting[c].empty() && !aligner.is_blocked(c))
          readable.push_back(c);
      if (readable.empty()) {
        if (notices.empty())
          break;
        continue;
      }
      std::uint32_t c = readable[random() % readable.size()];
      checkpoint_id item = waiting[c].front();
      waiting[c].pop_front();
      if (item == 0)
        ++read[c];
      else
        note(aligner.on_barrier(c, {item, 0}));
      if (waiting[c].empty())
        note(aligner.on_end(c));
    }
    for (const auto& channel : waiting)
      CHECK(channel.empty());
    CHECK(std::ranges::is_sorted(taken));
    CHECK(std::ranges::adjacent_find(taken) == taken.end());
    for (checkpoint_id id = 1; id <= last; ++id)
      if (!aborted.contains(id))
        CHECK(std::ranges::find(taken, id) != taken.end());
  }
}
