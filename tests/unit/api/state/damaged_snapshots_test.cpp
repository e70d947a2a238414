#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace weir::testing;

namespace {

struct click {
  std::int64_t user = 0;
  std::int64_t page = 0;
  std::string from;
};

struct mean {
  struct accumulator {
    std::int64_t sum = 0;
    std::int64_t count = 0;
  };
  static void add(accumulator& to, std::int64_t value) {
    to.sum += value;
    ++to.count;
  }
  static std::int64_t result(const accumulator& of) { return of.sum / of.count; }
};

/// Has state of every kind that a function can have.
struct keeping {
  weir::value_state<click> value;
  weir::value_state<std::int64_t> expiring;
  weir::list_state<std::string> list;
  weir::map_state<std::int64_t, std::string> map;
  weir::reducing_state<std::int64_t> reduced;
  weir::aggregating_state<std::int64_t, std::int64_t> aggregate;
  weir::operator_list<std::string> own, shared;

  void open(auto& context) {
    value = context.state(weir::value<click>("value"));
    expiring = context.state(weir::value<std::int64_t>("expiring").expires_after(1h));
    list = context.state(weir::list<std::string>("list"));
    map = context.state(weir::map<std::int64_t, std::string>("map"));
    reduced = context.state(weir::reducing<std::int64_t>("reduced", std::plus<>{}));
    aggregate =
        context.state(weir::aggregating<std::int64_t, mean::accumulator, std::int64_t>("aggregate", mean{}));
    own = context.operator_state(weir::list<std::string>("own"));
    shared = context.union_state(weir::list<std::string>("shared"));
  }
  void process_keyed(const click& done, auto& context, weir::collector<click>& out) {
    value.set(done);
    expiring.set(done.page);
    list.add(done.from);
    map.put(done.page, done.from);
    reduced.add(done.page);
    aggregate.add(done.page);
    own.add(done.from);
    shared.add(done.from);
    context.timers().event(1'000'000 + done.page);
    context.timers().processing(1'000'000 + done.page);
    out.emit(done);
  }
  void process_broadcast(const click& rule, auto& context, weir::collector<click>&) {
    context.broadcast(weir::map<std::int64_t, std::string>("rules")).put(rule.page, rule.from);
    context.broadcast(weir::value<click>("last")).set(rule);
  }
  void on_timer(std::int64_t, auto&, weir::collector<click>&) {}
};

/// Windows in panes and of their own, an aggregate of all, and calls that nobody answers.
auto everything(const weir::stream<click>& clicks, const weir::stream<click>& rules) {
  auto kept = clicks.key_by(&click::user)
                  .connect(rules.broadcast_state(weir::map<std::int64_t, std::string>("rules"),
                                                 weir::value<click>("last")))
                  .process<click>(keeping{});
  auto sums = kept.key_by(&click::user).sum(&click::page);
  auto panes = sums.key_by(&click::user).window(weir::sliding(60s, 20s)).sum(&click::page);
  auto sessions =
      sums.key_by(&click::user).window(weir::session(30s)).reduce([](const click& first, const click&) {
        return first;
      });
  return panes.union_with(sessions)
      .union_with(clicks.async<click>(
          [kept = std::vector<weir::async_result<click>>{}](
              const click&, const weir::async_result<click>& result) mutable { kept.push_back(result); }))
      .map([](const click& each) { return each; });
}

std::string snapshot_of_everything() {
  harness<click(click, click)> test{everything};
  for (std::int64_t i = 0; i < 300; ++i) {
    test.push<0>({i % 41, i, "page " + std::to_string(i * i)}, i * 500);
    if (i % 10 == 0)
      test.push<1>({0, i, "rule " + std::to_string(i)}, i * 500);
    if (i % 50 == 0)
      test.watermark(i * 500 - 10'000);
  }
  return test.snapshot();
}

/// Where each file of a harness's snapshot begins, and how long it is: see driven_job.
std::vector<std::pair<std::size_t, std::size_t>> files_in(const std::string& snapshot) {
  std::vector<std::pair<std::size_t, std::size_t>> files;
  for (std::size_t at = 0; at < snapshot.size();) {
    std::uint64_t size = 0;
    std::memcpy(&size, snapshot.data() + at, sizeof size);
    files.emplace_back(at + sizeof size, size);
    at += sizeof size + size;
  }
  return files;
}

/// Restores everything; what that says of the damage.
std::string failure_of_restore(std::string snapshot) {
  try {
    harness<click(click, click)> test{everything, {.snapshot = std::move(snapshot)}};
    return "nothing";
  } catch (const std::runtime_error& failure) {
    return failure.what();
  }
}

bool names_file_and_place(const std::string& failure, std::size_t file) {
  auto name = "/restored-" + std::to_string(file + 1) + " is damaged at byte ";
  auto found = failure.find(name);
  return found != std::string::npos && std::isdigit(static_cast<unsigned char>(failure[found + name.size()]));
}

} // namespace

TEST_CASE(
    "every 1,000th bit that flips in the files of a snapshot is found at restore, with file and place") {
  auto snapshot = snapshot_of_everything();
  for (const char* state :
       {"value", "expiring", "list", "map", "reduced", "aggregate", "own", "shared", "rules", "last",
        "weir.event_timers", "weir.processing_timers", "weir.async_calls", "windows"})
    REQUIRE_MESSAGE(snapshot.find(state) != std::string::npos, state);
  REQUIRE(failure_of_restore(snapshot) == "nothing");
  constexpr std::size_t step = 999; // is odd, so that each bit of a byte has its turn
  auto files = files_in(snapshot);
  std::size_t flips = 0;
  for (std::size_t file = 0; file < files.size(); ++file)
    for (std::size_t bit = flips % step; bit < files[file].second * 8; bit += step, ++flips) {
      auto bad = snapshot;
      bad[files[file].first + bit / 8] ^= static_cast<char>(1 << bit % 8);
      auto failure = failure_of_restore(bad);
      CAPTURE(bit);
      REQUIRE_MESSAGE(names_file_and_place(failure, file), failure);
    }
  CHECK(flips > 200);
}

TEST_CASE("a file of a snapshot that ends too early is found at restore, with file and place") {
  auto snapshot = snapshot_of_everything();
  auto files = files_in(snapshot);
  for (std::size_t file = 0; file < files.size(); ++file) {
    auto [begin, whole] = files[file];
    for (std::size_t size = 0; size < whole; size += size < 200 || whole - size < 200 ? 10 : 500) {
      auto cut = snapshot.substr(0, begin + size) + snapshot.substr(begin + whole);
      std::uint64_t length = size;
      std::memcpy(cut.data() + begin - sizeof length, &length, sizeof length);
      auto failure = failure_of_restore(cut);
      CAPTURE(size);
      REQUIRE_MESSAGE(names_file_and_place(failure, file), failure);
    }
  }
}
