#include "task/driven_job.hpp"

#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace weir;

namespace {

using seen_records = std::vector<std::string>;

/// A job of a source whose records are noted, that is killed at random and goes on from its last snapshot.
class restarted_source {
public:
  using make_stream = std::function<void(environment&, const std::shared_ptr<seen_records>&)>;

  restarted_source(const make_stream& make, std::uint64_t seed) : random_{seed} { make(env_, seen_); }

  std::function<void()> on_snapshot = [] {};

  /// Runs to the end; returns what a store that keeps to the snapshots has seen, sorted.
  seen_records run(std::uint32_t parallelism_max) {
    std::uint32_t parallelism = any_parallelism(parallelism_max);
    std::string snapshot;
    seen_records seen_before;
    for (int attempt = 0;; ++attempt) {
      *seen_ = seen_before;
      driven_job job{env_, {.parallelism = parallelism, .snapshot = snapshot, .paced = true}};
      bool more = true;
      // The last attempt is not killed.
      for (auto steps = attempt < 8 ? random_() % 40 : UINT64_MAX; steps > 0 && more; --steps) {
        more = job.step(random_());
        if (random_() % 8 == 0) {
          snapshot = job.snapshot();
          seen_before = *seen_;
          on_snapshot();
        }
      }
      if (!more && attempt >= 8)
        break;
      parallelism = random_() % 2 == 0 ? parallelism : any_parallelism(parallelism_max);
    }
    std::ranges::sort(*seen_);
    return *seen_;
  }

private:
  std::uint32_t any_parallelism(std::uint32_t max) { return static_cast<std::uint32_t>(1 + random_() % max); }

  std::mt19937_64 random_;
  environment env_;
  std::shared_ptr<seen_records> seen_ = std::make_shared<seen_records>();
};

seen_records numbers(std::uint64_t count) {
  seen_records all;
  for (std::uint64_t n = 0; n < count; ++n)
    all.push_back(std::to_string(n));
  std::ranges::sort(all);
  return all;
}

template <class Stream>
void note_numbers(const Stream& stream, const std::shared_ptr<seen_records>& to) {
  stream.for_each([to](const std::uint64_t& n) { to->push_back(std::to_string(n)); });
}

class scratch_folder {
public:
  scratch_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  scratch_folder(const scratch_folder&) = delete;
  ~scratch_folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + '/' + name; }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream{path(name), std::ios::binary | std::ios::app} << text;
  }

private:
  std::string path_;
};

/// Numbered lines of many lengths.
seen_records numbered_lines(std::mt19937_64& random, std::uint64_t first, std::uint64_t count) {
  seen_records lines;
  for (std::uint64_t n = first; n < first + count; ++n)
    lines.push_back(std::to_string(n) +
                    std::string(random() % 40 == 0 ? random() % 9'000 : random() % 30, 'x'));
  return lines;
}

std::string joined(const seen_records& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line + '\n';
  return text;
}

template <class Stream>
void note_lines(const Stream& stream, const std::shared_ptr<seen_records>& to) {
  stream.for_each([to](const text& line) { to->emplace_back(std::string_view{line}); });
}

constexpr std::uint64_t seeds = 30;

} // namespace

TEST_CASE(
    "generated numbers come once each, wherever the job is killed and whatever its parallelism then is") {
  auto make = [](environment& env, const auto& seen) {
    note_numbers(env.from(generate(20'000, [](std::uint64_t n) { return n; })), seen);
  };
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    REQUIRE(restarted_source{make, seed}.run(4) == numbers(20'000));
  }
}

TEST_CASE("so do numbers whose source is one loop with what follows") {
  auto make = [](environment& env, const auto& seen) {
    auto pairs = env.from(generate(10'000, [](std::uint64_t n) { return 2 * n; }))
                     .map([](std::uint64_t n) { return n + 2; })
                     .template flat_map<std::uint64_t>([](std::uint64_t n, auto& out) {
                       out.emit(n - 2);
                       out.emit(n - 1);
                     });
    note_numbers(pairs, seen);
  };
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    REQUIRE(restarted_source{make, seed}.run(3) == numbers(20'000));
  }
}

TEST_CASE("given elements come once each") {
  auto make = [](environment& env, const auto& seen) {
    std::vector<std::uint64_t> elements;
    for (std::uint64_t n = 0; n < 10'000; ++n)
      elements.push_back(n);
    note_numbers(env.from(from_elements(elements)), seen);
  };
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    REQUIRE(restarted_source{make, seed}.run(1) == numbers(10'000));
  }
}

TEST_CASE("lines of files come once each, wherever the job is killed and whatever its parallelism then is") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    scratch_folder folder;
    std::mt19937_64 random{seed};
    seen_records expected;
    for (std::uint64_t file = 0; file < 4; ++file) {
      auto lines = numbered_lines(random, file * 10'000, random() % 4'000);
      std::string content = joined(lines);
      if (file == 2 && !content.empty())
        content.pop_back();
      folder.append(std::to_string(file), content);
      expected.insert(expected.end(), lines.begin(), lines.end());
    }
    std::ranges::sort(expected);
    auto make = [&](environment& env, const auto& seen) {
      note_lines(env.from(text_files(folder.path(""))), seen);
    };
    CAPTURE(seed);
    REQUIRE(restarted_source{make, seed}.run(4) == expected);
  }
}

TEST_CASE("a line log that grows while it is read gives what was there when the job began, once each") {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    scratch_folder folder;
    std::mt19937_64 random{seed};
    auto expected = numbered_lines(random, 0, 5'000);
    folder.append("log", joined(expected));
    std::ranges::sort(expected);
    auto make = [&](environment& env, const auto& seen) {
      note_lines(env.from(line_log(folder.path("log"), {.stop_at_end = true})), seen);
    };
    restarted_source job{make, seed};
    // Before its first snapshot a job that begins anew begins with what is there then.
    job.on_snapshot = [&] { folder.append("log", "more\n"); };
    CAPTURE(seed);
    REQUIRE(job.run(1) == expected);
  }
}

TEST_CASE("a source that had ended in a snapshot stays ended, though there would be more to read") {
  scratch_folder folder;
  folder.append("log", "one\ntwo\n");
  environment env;
  auto seen = std::make_shared<seen_records>();
  note_lines(env.from(line_log(folder.path("log"), {.stop_at_end = true})), seen);
  std::string snapshot = driven_job{env, {}}.snapshot();
  CHECK(*seen == seen_records{"one", "two"});
  folder.append("log", "three\n");
  driven_job after{env, {.snapshot = snapshot}};
  CHECK(seen->size() == 2);
  CHECK(after.is_done());
}

TEST_CASE("a line log without an end gives each line when its end is there") {
  scratch_folder folder;
  environment env;
  auto seen = std::make_shared<seen_records>();
  note_lines(env.from(line_log(folder.path("log"))), seen);
  std::string snapshot;
  {
    driven_job job{env, {}};
    CHECK(seen->empty()); // there is no file
    folder.append("log", "one\r\ntw");
    job.settle();
    CHECK(*seen == seen_records{"one"});
    snapshot = job.snapshot();
    folder.append("log", "o\nthree\n");
    job.settle();
    CHECK(*seen == seen_records{"one", "two", "three"});
    CHECK_FALSE(job.is_done());
  }
  *seen = {"one"};
  driven_job after{env, {.snapshot = snapshot}};
  CHECK(*seen == seen_records{"one", "two", "three"});
}

TEST_CASE("a line log that became shorter fails the job") {
  scratch_folder folder;
  folder.append("log", "one\ntwo\n");
  environment env;
  auto seen = std::make_shared<seen_records>();
  note_lines(env.from(line_log(folder.path("log"))), seen);
  driven_job job{env, {}};
  std::filesystem::resize_file(folder.path("log"), 4);
  CHECK_THROWS_WITH_AS(job.settle(), doctest::Contains("has become shorter than it was"), std::runtime_error);
}

TEST_CASE("a snapshot of a source with another number of records is refused") {
  auto make = [](environment& env, std::uint64_t count) {
    env.from(generate(count, [](std::uint64_t n) { return n; })).for_each([](std::uint64_t) {});
  };
  environment ten, twelve;
  make(ten, 10);
  make(twelve, 12);
  std::string snapshot = driven_job{ten, {}}.snapshot();
  CHECK_THROWS_WITH_AS((driven_job{twelve, {.snapshot = snapshot}}),
                       doctest::Contains("the snapshot is of a source of 10 records, and this one has 12"),
                       std::runtime_error);
}
