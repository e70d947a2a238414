#include "snapshot_fixture.hpp"
#include "state/snapshot_blocks.hpp"
#include "state/snapshot_file.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::testing;

namespace {

/// A file with two keyed states, one of them compressible, and a list.
struct written_file : snapshot_fixture {
  written_file() {
    random_entries random{1};
    for (int i = 0; i < 1500; ++i) {
      words.put(random.key(), random.value());
      counts.put(random.key(), std::string(8, static_cast<char>(random.below(3))));
    }
    auto states = registry(0, 1);
    states->add(words);
    states->add(counts);
    (void)states->add_elements({"list", detail::state_kind::operator_list, "", "", "string", {}}, nullptr,
                               [](void*, std::vector<std::string>& to) {
                                 to = {"a", "", "ccc"};
                               });
    path = write(*states, head(0, 1, 1));
    good = bytes_of(path);
  }

  /// Opens the file and reads every block. Returns the message of the first error.
  std::string read_all() {
    auto reader = snapshot_reader::open(files, path, options);
    if (!reader)
      return reader.failure().message();
    snapshot_blocks blocks{*reader};
    state_block block;
    for (std::uint32_t state = 0; state < (*reader)->head().states.size(); ++state) {
      blocks.select(state, {0, max_parallelism - 1});
      while (true) {
        auto more = blocks.next(block);
        if (!more)
          return more.failure().message();
        if (!*more)
          break;
      }
    }
    return {};
  }

  map_state words{type("words"), max_parallelism};
  map_state counts{type("counts", "u64"), max_parallelism};
  std::string path;
  std::string good;
};

bool names_file_and_place(const std::string& message) {
  return message.find("the snapshot file snapshots/1-0 is damaged at byte ") == 0;
}

} // namespace

TEST_CASE("any flipped bit of a snapshot file is found, with file and place") {
  written_file file;
  REQUIRE(file.read_all() == "");
  auto check = [&](std::size_t bit) {
    std::string bad = file.good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    file.replace(file.path, bad);
    std::string message = file.read_all();
    CAPTURE(bit);
    CAPTURE(message);
    CHECK(names_file_and_place(message));
  };
  std::size_t bits = file.good.size() * 8;
  // The frame bit by bit, and a prime distance inside, which meets all bits of a byte.
  for (std::size_t bit = 0; bit < 300 * 8; ++bit)
    check(bit);
  for (std::size_t bit = 300 * 8; bit < bits - 64 * 8; bit += 499)
    check(bit);
  for (std::size_t bit = bits - 64 * 8; bit < bits; ++bit)
    check(bit);
}

TEST_CASE("a snapshot file that ends anywhere too early is refused, with file and place") {
  written_file file;
  for (std::size_t size = 0; size < file.good.size(); size += size < 100 ? 1 : 97) {
    file.replace(file.path, file.good.substr(0, size));
    std::string message = file.read_all();
    CAPTURE(size);
    CAPTURE(message);
    CHECK(names_file_and_place(message));
  }
  file.replace(file.path, file.good + "x");
  CHECK(names_file_and_place(file.read_all()));
}

TEST_CASE("an index that is right in itself but wrong for the file is refused") {
  written_file file;
  auto reader = snapshot_reader::open(file.files, file.path, file.options);
  REQUIRE(reader);
  SUBCASE("the second half is of another file") {
    written_file other;
    other.counts.remove(other.counts.held.begin()->first);
    auto states = other.registry(0, 1);
    states->add(other.words);
    states->add(other.counts);
    std::string bytes = other.bytes_of(other.write(*states, other.head(0, 1, 1)));
    file.replace(file.path, file.good.substr(0, file.good.size() / 2) + bytes.substr(bytes.size() / 2));
    CHECK(names_file_and_place(file.read_all()));
  }
  SUBCASE("a block moved over another one") {
    auto runs = (*reader)->runs(1, {0, 15});
    REQUIRE(runs.size() > 1);
    REQUIRE(runs[0].length <= runs[1].length);
    std::string bad = file.good;
    bad.replace(runs[1].offset, runs[0].length, file.good.substr(runs[0].offset, runs[0].length));
    file.replace(file.path, bad);
    CHECK(file.read_all().find("a block is of another state or key group than the index says") !=
          std::string::npos);
  }
}

TEST_CASE("a file of another version says so") {
  written_file file;
  std::string bad = file.good;
  bad[snapshot_head_magic.size()] = 2;
  file.replace(file.path, bad);
  CHECK(file.read_all() ==
        "the snapshot file snapshots/1-0 is damaged at byte 8: it has version 2, and only 1 "
        "can be read");
}

TEST_CASE("the head and the counts of a file are those it was written with") {
  written_file file;
  auto reader = snapshot_reader::open(file.files, file.path, file.options);
  REQUIRE(reader);
  snapshot_head expected = file.head(0, 1, 1);
  expected.states = {{file.sum, file.words.type()},
                     {file.sum, file.counts.type()},
                     {file.sum, {"list", detail::state_kind::operator_list, "", "", "string", {}}}};
  CHECK((*reader)->head() == expected);
  CHECK((*reader)->entries(0, {0, 15}) == file.words.held.size());
  CHECK((*reader)->entries(2, {0, 0}) == 3);
  std::uint64_t in_groups = 0;
  for (const auto& [key, value] : file.counts.held)
    in_groups += map_state::group_of(key, 16) >= 3 && map_state::group_of(key, 16) <= 5;
  CHECK((*reader)->entries(1, {3, 5}) == in_groups);
}

TEST_CASE("no file is left of a snapshot that failed or is not wanted any more") {
  written_file file;
  auto write = [&](const snapshot_options& options, std::stop_token stop) {
    auto states = file.registry(0, 1);
    states->add(file.words);
    std::vector<operator_state_cut> cuts;
    cuts.push_back(states->freeze(2, detail::cut_kind::full));
    return write_snapshot(file.platform, "snapshots/2-0", file.head(0, 1, 2), std::move(cuts), options, stop);
  };
  SUBCASE("not wanted") {
    std::stop_source stop;
    stop.request_stop();
    auto report = write(file.options, stop.get_token());
    REQUIRE_FALSE(report);
    CHECK(report.failure().code() == errc::canceled);
  }
  SUBCASE("an entry that is too long") {
    file.words.put("long", std::string(2'000'000, 'x'));
    snapshot_options options;
    options.entry_size_max = 1'000'000;
    auto report = write(options, {});
    REQUIRE_FALSE(report);
    CHECK(report.failure().message().find("the state words of sum -> print has an entry of about 2") == 0);
  }
  CHECK(file.words.cuts == 0);
  CHECK(file.files.list("snapshots")->size() == 1);
}

TEST_CASE("a block that is longer than allowed is refused before it is made room for") {
  written_file file;
  file.words.put("long", std::string(2'000'000, 'x'));
  auto states = file.registry(0, 1);
  states->add(file.words);
  file.path = file.write(*states, file.head(0, 1, 2));
  file.options.entry_size_max = 1'000'000;
  CHECK(file.read_all().find("more than state.snapshot.max-entry-size allows") != std::string::npos);
}
