#include "wire/checkpoint_codec.hpp"

#include "random_messages.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace weir;

namespace {

const std::string home = "/checkpoints/job";

completed_checkpoint small_checkpoint() {
  completed_checkpoint checkpoint;
  checkpoint.job.low = 5;
  checkpoint.job_name = "words";
  checkpoint.id = 7;
  checkpoint.vertices.resize(1);
  completed_vertex& vertex = checkpoint.vertices[0];
  vertex.name = "count";
  vertex.max_parallelism = 128;
  vertex.operators.resize(2);
  vertex.subtasks.resize(2);
  vertex.subtasks[0].chain = {{home + "/shared/a", 100, 0, 300}, {home + "/shared/b", 10, 5, 30}};
  vertex.subtasks[1].chain = {{home + "/chk-7/c", 100, 0, 300}};
  vertex.subtasks[1].progress = subtask_progress::finished;
  return checkpoint;
}

std::string refusal(const completed_checkpoint& checkpoint) {
  auto decoded = decode_checkpoint(encode_checkpoint(checkpoint, home), "f", home);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code() == errc::corrupt);
  return decoded.failure().message();
}

} // namespace

TEST_CASE("a checkpoint's metadata comes back equal") {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    auto checkpoint = random_messages{seed}.checkpoint(home);
    auto decoded = decode_checkpoint(encode_checkpoint(checkpoint, home), "f", home);
    REQUIRE_MESSAGE(decoded, (decoded ? "" : decoded.failure().message()));
    CHECK(*decoded == checkpoint);
  }
}

TEST_CASE("metadata that was moved names the files where they are now, and those elsewhere where they were") {
  completed_checkpoint checkpoint = small_checkpoint();
  checkpoint.vertices[0].subtasks[0].chain[0].path = "/other/job/shared/a";
  auto moved = decode_checkpoint(encode_checkpoint(checkpoint, home), "f", "here");
  REQUIRE(moved);
  CHECK(moved->vertices[0].subtasks[0].chain[0].path == "/other/job/shared/a");
  CHECK(moved->vertices[0].subtasks[0].chain[1].path == "here/shared/b");
  CHECK(moved->vertices[0].subtasks[1].chain[0].path == "here/chk-7/c");
}

TEST_CASE("paths that only begin like the folder, or lead out of it, are kept as they are") {
  for (std::string path :
       {"/checkpoints/job2/a", "/checkpoints/job/../a", "/checkpoints/job/x/..", "relative"}) {
    completed_checkpoint checkpoint = small_checkpoint();
    checkpoint.vertices[0].subtasks[1].chain[0].path = path;
    auto decoded = decode_checkpoint(encode_checkpoint(checkpoint, home), "f", "here");
    REQUIRE(decoded);
    CHECK(decoded->vertices[0].subtasks[1].chain[0].path == path);
  }
}

TEST_CASE("each flipped bit of a checkpoint's metadata is found") {
  auto good = encode_checkpoint(small_checkpoint(), home);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    auto decoded = decode_checkpoint(bad, "chk-7/_metadata", home);
    CAPTURE(bit);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.failure().message().starts_with(
        "the checkpoint metadata chk-7/_metadata is damaged at byte "));
  }
}

TEST_CASE("metadata that cannot be is refused with what is wrong with it") {
  completed_checkpoint checkpoint = small_checkpoint();
  completed_vertex& vertex = checkpoint.vertices[0];
  std::string expected;
  SUBCASE("no id") {
    checkpoint.id = 0;
    expected = "it has no id";
  }
  SUBCASE("no subtasks") {
    vertex.subtasks.clear();
    expected = "count has 0 subtasks with a max parallelism of 128";
  }
  SUBCASE("more subtasks than can be") {
    vertex.max_parallelism = 1;
    expected = "count has 2 subtasks with a max parallelism of 1";
  }
  SUBCASE("changes without what they change") {
    vertex.subtasks[0].chain.erase(vertex.subtasks[0].chain.begin());
    expected = "files of count are not a full one and the changes since";
  }
  SUBCASE("two full files") {
    vertex.subtasks[0].chain[1].base = 0;
    expected = "files of count are not a full one and the changes since";
  }
  SUBCASE("a file without a path") {
    vertex.subtasks[0].chain[0].path.clear();
    expected = "a file has no path";
  }
  SUBCASE("kind") {
    checkpoint.kind = static_cast<checkpoint_kind>(3);
    expected = "there is no kind of checkpoint 3";
  }
  SUBCASE("progress") {
    vertex.subtasks[0].progress = static_cast<subtask_progress>(3);
    expected = "there is no progress of a subtask 3";
  }
  CHECK(refusal(checkpoint) ==
        "the checkpoint metadata f is damaged at byte 16: the bytes are no checkpoint metadata: " + expected);
}

TEST_CASE("a path that is said to be in the folder and leads out of it is refused") {
  completed_checkpoint checkpoint = small_checkpoint();
  checkpoint.vertices[0].subtasks[1].chain[0].path = home + "/xx/yy";
  auto bytes = encode_checkpoint(checkpoint, home);
  const std::string_view inside = "xx/yy";
  auto at = std::ranges::search(bytes, inside).begin();
  REQUIRE(at != bytes.end());
  std::ranges::copy(std::string_view{"../yy"}, at);
  auto message = std::span{bytes}.subspan(sealed_prefix_size, bytes.size() - sealed_prefix_size - 8);
  auto decoded = decode_checkpoint(seal(checkpoint_format, message), "f", home);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().message().ends_with("the path ../yy leaves its folder"));
}
