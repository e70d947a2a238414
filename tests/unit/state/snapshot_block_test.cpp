#include "state/snapshot_block.hpp"

#include "state/snapshot_transpose.hpp"

#include <weir/detail/state_value.hpp>

#include <doctest/doctest.h>

#include <random>

using namespace weir;
using detail::state_block;

namespace {

state_block block_of(const std::vector<std::pair<std::string, std::string>>& entries,
                     const std::vector<std::string>& removed = {}) {
  state_block block;
  block.key_group = 5;
  for (const auto& [key, value] : entries) {
    detail::append_to_column(block.keys, key);
    detail::append_to_column(block.values, value);
    ++block.entries;
  }
  for (const std::string& key : removed) {
    detail::append_to_column(block.keys, key);
    ++block.removed;
  }
  return block;
}

struct round_trip {
  explicit round_trip(const state_block& block, const snapshot_options& options = {}) {
    snapshot_block_encoder{options}.encode(3, block, buffer);
    snapshot_block_decoder decoder{1 << 20};
    auto read = decoder.header(buffer.bytes());
    REQUIRE_MESSAGE(read, read.failure().message());
    header = *read;
    CHECK(header.size() == buffer.size());
    detail::append_to_column(back.keys, std::string(1000, 'x')); // a block is used again as it is
    auto done = decoder.decode(header, buffer.bytes(), back);
    REQUIRE_MESSAGE(done, done.failure().message());
    CHECK(header.state == 3);
    CHECK(back.key_group == block.key_group);
    CHECK(back.entries == block.entries);
    CHECK(back.removed == block.removed);
    CHECK(back.keys == block.keys);
    CHECK(back.values == block.values);
  }

  detail::raw_bytes buffer;
  snapshot_block_header header;
  state_block back;
};

std::vector<std::pair<std::string, std::string>> numbers(std::size_t count) {
  std::mt19937_64 random{1};
  std::vector<std::pair<std::string, std::string>> entries;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t key = random(), value = random() % 100;
    entries.emplace_back(std::string{reinterpret_cast<char*>(&key), 8},
                         std::string{reinterpret_cast<char*>(&value), 8});
  }
  return entries;
}

} // namespace

TEST_CASE("transposing is done byte by byte, and twice gives what was there") {
  std::mt19937_64 random{1};
  for (std::size_t width = 1; width <= 40; ++width)
    for (std::size_t height : {0, 1, 7, 8, 9, 16, 61}) {
      std::string from(width * height, ' ');
      for (char& c : from)
        c = static_cast<char>(random());
      std::string to(from.size(), ' '), back(from.size(), ' ');
      transpose(from, width, to.data());
      for (std::size_t i = 0; i < from.size(); ++i)
        REQUIRE(to[i % width * height + i / width] == from[i]);
      if (height != 0)
        transpose(to, height, back.data());
      CHECK(back == from);
    }
}

TEST_CASE("a block comes back equal, whatever its columns are like") {
  round_trip{block_of({})};
  round_trip{block_of({{"", ""}})};
  round_trip{block_of({{"a", "1"}, {"bb", "22"}}, {"gone", "too"})};
  round_trip{block_of({}, {"gone"})};
  round_trip{block_of({{"key", std::string(300'000, 'x')}})};
  round_trip{block_of(numbers(10'000))};
  snapshot_options raw;
  raw.codec = block_codec::none;
  round_trip plain{block_of(numbers(10'000)), raw};
  CHECK(plain.header.values.stored == plain.header.values.raw);
}

TEST_CASE("numbers are transposed, and take less than as they were") {
  round_trip of{block_of(numbers(10'000))};
  CHECK(of.header.keys.stride == 9);
  CHECK(of.header.values.stride == 9);
  CHECK(of.header.keys.stored < 81'000); // random bytes, but the sizes are all the same
  CHECK(of.header.values.stored < 11'000);
}

TEST_CASE("bytes that do not get smaller are stored as they are") {
  std::mt19937_64 random{1};
  std::string noise(100'000, ' ');
  for (char& c : noise)
    c = static_cast<char>(random());
  round_trip of{block_of({{"key", noise}})};
  CHECK(of.header.values.codec == block_codec::none);
}

TEST_CASE("a header that cannot be is refused before its numbers are believed") {
  round_trip of{block_of(numbers(100))};
  std::string good{of.buffer.bytes().begin(), of.buffer.bytes().end()};
  snapshot_block_decoder decoder{1 << 20};
  auto refusal = [&](std::size_t at, const std::string& bytes) {
    std::string bad = good;
    bad.replace(at, bytes.size(), bytes);
    auto header = decoder.header(bad);
    REQUIRE_FALSE(header);
    return header.failure().message();
  };
  std::string huge("\xff\xff\xff\x7f", 4);
  CHECK(refusal(44, "x") == "there is no block");
  CHECK(refusal(24, huge) == "a column of a block cannot be that long");
  CHECK(refusal(28, std::string(4, '\0')) == "a column of a block cannot be that long");
  CHECK(refusal(40, "\x02") == "there is no such codec of blocks");
  CHECK(refusal(41, "\x07") == "a column of a block is not made of equal rows");
  CHECK(refusal(40, std::string(2, '\0')) == "a raw column of a block has another size");
  CHECK(refusal(24, std::string("\x00\x00\x24\x00\x00\x10\x00\x00", 8)).find("a block has") == 0);
}
