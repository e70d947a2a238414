#include "wire/control_codec.hpp"

#include "random_messages.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstring>

using namespace weir;

namespace {

constexpr std::size_t kinds = std::variant_size_v<control_message>;

/// Decoding must give a value or an error with a sentence.
void check_stands(std::span<const char> bytes) {
  auto decoded = decode_control(bytes);
  if (!decoded) {
    CHECK(decoded.failure().code() == errc::corrupt);
    CHECK(decoded.failure().message().starts_with("the bytes are no control message: "));
  }
}

} // namespace

TEST_CASE("every kind of message comes back equal") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    random_messages random{seed};
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      CAPTURE(seed);
      CAPTURE(kind);
      control_message message = random.message(kind);
      auto decoded = decode_control(encode(message));
      REQUIRE_MESSAGE(decoded, (decoded ? "" : decoded.failure().message()));
      CHECK(*decoded == message);
    }
  }
}

TEST_CASE("an empty message of every kind comes back equal") {
  std::array<control_message, 2> both{registered{}, ping{}};
  for (const control_message& message : both)
    CHECK(*decode_control(encode(message)) == message);
  CHECK(*decode_control(encode(deploy{})) == control_message{deploy{}});
  CHECK(*decode_control(encode(update{})) == control_message{update{}});
}

TEST_CASE("bytes are read at any address") {
  random_messages random{7};
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    control_message message = random.message(kind);
    std::vector<char> bytes = encode(message);
    for (std::size_t shift = 0; shift < 8; ++shift) {
      std::vector<char> shifted(bytes.size() + shift);
      std::memcpy(shifted.data() + shift, bytes.data(), bytes.size());
      CHECK(*decode_control(std::span{shifted}.subspan(shift)) == message);
    }
  }
}

TEST_CASE("a large blob passes") {
  blob_chunk chunk{{}, "hash", 5, 1 << 30, std::string(4 << 20, 'x'), ""};
  CHECK(*decode_control(encode(chunk)) == control_message{chunk});
}

TEST_CASE("a message cut off anywhere is an error") {
  random_messages random{3};
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    std::vector<char> bytes = encode(random.message(kind));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      std::vector<char> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
      auto decoded = decode_control(cut);
      CAPTURE(size);
      REQUIRE_FALSE(decoded);
      CHECK(decoded.failure().code() == errc::corrupt);
    }
  }
}

TEST_CASE("bytes behind the end of a message are an error") {
  std::vector<char> bytes = encode(ping{1});
  bytes.resize(bytes.size() + 8);
  CHECK_FALSE(decode_control(bytes));
  bytes.resize(bytes.size() - 7);
  CHECK_FALSE(decode_control(bytes));
}

TEST_CASE("flipped bits give an error or a value, and never more memory than the message's size allows") {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    random_messages random{seed};
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const std::vector<char> bytes = encode(random.message(kind));
      for (int trial = 0; trial < 50; ++trial) {
        std::vector<char> flipped = bytes;
        for (std::uint64_t flips = 1 + random.below(4); flips != 0; --flips)
          flipped[random.below(flipped.size())] ^= static_cast<char>(1 << random.below(8));
        check_stands(flipped);
      }
    }
  }
}

TEST_CASE("random bytes give an error or a value") {
  random_messages random{11};
  for (int trial = 0; trial < 20'000; ++trial) {
    std::vector<char> bytes(8 * random.below(20));
    for (char& byte : bytes)
      byte = static_cast<char>(random.below(random.below(2) == 0 ? 256 : 3));
    check_stands(bytes);
  }
}

TEST_CASE("an empty message and one of an unknown kind are errors and not the first kind by accident") {
  // A root struct of one word of data (the kind) and one pointer.
  auto message_of_kind = [](std::uint16_t kind) {
    std::array<std::uint64_t, 4> words{std::uint64_t{3} << 32,
                                       std::uint64_t{1} << 32 | std::uint64_t{1} << 48, kind, 0};
    std::vector<char> bytes(sizeof words);
    std::memcpy(bytes.data(), words.data(), sizeof words);
    return bytes;
  };
  CHECK_FALSE(decode_control(message_of_kind(0)));
  CHECK(decode_control(message_of_kind(1)).has_value());
  CHECK_FALSE(decode_control(message_of_kind(kinds + 1)));
  CHECK_FALSE(decode_control(message_of_kind(65535)));
}

TEST_CASE("a list of empty elements cannot claim memory that its message does not have") {
  // heartbeat.tasks as a list of 2^28 structs without fields: a legal pointer of one word.
  std::vector<char> bytes = encode(heartbeat{{}, 0, 0, {task_report{}}});
  bool found = false;
  for (std::size_t at = 8; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    if ((word & 3) != 1)
      continue; // no list pointer
    found = true;
    for (std::uint64_t element_size : {0ull, 7ull}) {
      std::vector<char> hostile = bytes;
      word = (word & 0xffff'ffff) | element_size << 32 | std::uint64_t{0x1fff'ffff} << 35;
      std::memcpy(hostile.data() + at, &word, 8);
      CHECK_FALSE(decode_control(hostile));
    }
  }
  CHECK(found);
}

TEST_CASE("many pointers to one text cannot claim more memory than a few times the message") {
  update message;
  message.results.assign(100, task_result{"", ""});
  message.results[0].value = std::string(4000, 'x'); // all in one segment, where pointers are plain
  std::vector<char> bytes = encode(message);
  REQUIRE(decode_control(bytes));
  // Each result is two pointers; let the second of all of them point to the first one's bytes.
  std::size_t first = bytes.size();
  std::uint64_t pointer = 0;
  for (std::size_t at = 8; at + 8 <= bytes.size() && first == bytes.size(); at += 8) {
    std::memcpy(&pointer, bytes.data() + at, 8);
    if ((pointer & 3) == 1 && pointer >> 32 == (4000ull << 3 | 2))
      first = at;
  }
  REQUIRE(first < bytes.size());
  for (std::uint64_t i = 1; i < 100; ++i) {
    // The offset counts words from the end of the pointer.
    std::uint64_t moved = pointer - (2 * i << 2);
    std::memcpy(bytes.data() + first + 16 * i, &moved, 8);
  }
  auto decoded = decode_control(bytes);
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code() == errc::corrupt);
}

TEST_CASE("states and addresses are written as people know them") {
  CHECK(to_string(task_state::created) == "CREATED");
  CHECK(to_string(task_state::initializing) == "INITIALIZING");
  CHECK(to_string(task_state::canceled) == "CANCELED");
  CHECK(to_string(task_state::failed) == "FAILED");
  CHECK(is_terminal(task_state::finished));
  CHECK(is_terminal(task_state::canceled));
  CHECK(is_terminal(task_state::failed));
  CHECK_FALSE(is_terminal(task_state::canceling));
  CHECK(to_string(node_address{"host", 80}) == "host:80");
  CHECK(to_string(node_address{"::1", 80}) == "[::1]:80");
}
