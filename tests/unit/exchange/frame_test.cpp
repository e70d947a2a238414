#include "exchange/frame.hpp"

#include "records.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>

using namespace weir;
using namespace weir::testing;

namespace {

constexpr std::size_t segment = 4096;

struct sent_item {
  item_kind kind;
  std::uint64_t payload = 0;
  std::vector<note> notes;
  std::uint64_t base = 0;
};

struct two_ends {
  channel_options options{.segment_size = segment, .batch_max_size = 1 << 20};
  frame_writer writer{options};
  frame_reader reader{detail::record_type_of<note>(), options};
  std::uint64_t sequence = 0;

  std::vector<std::vector<char>> frames() {
    std::vector<std::vector<char>> all;
    while (writer.has_frame())
      all.push_back(writer.take(sequence++));
    return all;
  }

  std::vector<sent_item> read(const std::vector<std::vector<char>>& frames) {
    std::vector<sent_item> items;
    for (const auto& frame : frames) {
      REQUIRE(reader.start(frame));
      channel_item item;
      for (;;) {
        auto found = reader.next(item);
        REQUIRE(found);
        if (!*found)
          break;
        items.push_back({item.kind, item.payload,
                         item.records ? records_of<note>(*item.records) : std::vector<note>{}, item.base});
      }
      reader.finish();
    }
    return items;
  }

  /// Why the frame is refused; empty when it is not.
  std::string refusal(const std::vector<char>& frame) {
    auto started = reader.start(frame);
    if (!started)
      return started.failure().message();
    channel_item item;
    for (;;) {
      auto found = reader.next(item);
      if (!found)
        return found.failure().message();
      if (!*found)
        return {};
    }
  }
};

struct raw_frame {
  std::vector<char> bytes;

  raw_frame& u8(std::uint8_t value) { return put(value); }
  raw_frame& u32(std::uint32_t value) { return put(value); }
  raw_frame& u64(std::uint64_t value) { return put(value); }

private:
  template <class Integer>
  raw_frame& put(Integer value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.insert(bytes.end(), raw, raw + sizeof value);
    return *this;
  }
};

bool mentions(const std::string& text, const char* what) {
  return text.find(what) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(
    two_ends, "what is written in any mix of sizes is read the same, in order, in frames within the limit") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<sent_item> sent;
    std::vector<std::vector<char>> wire;
    for (std::uint64_t count = random() % 40; count > 0; --count) {
      if (random() % 4 == 0) {
        auto kind = static_cast<item_kind>(3 + random() % 5);
        sent.push_back({kind, random(), {}, kind == item_kind::barrier ? random() : 0});
        writer.append(kind, sent.back().payload, sent.back().base);
      } else {
        std::size_t longest = random() % 8 == 0 ? 20'000 : 40;
        sent.push_back({item_kind::batch, 0, random_notes(random, 50, longest)});
        REQUIRE(writer.append(*make_batch(sent.back().notes)));
      }
      if (random() % 8 == 0)
        writer.flush();
      for (auto& frame : frames())
        wire.push_back(std::move(frame));
    }
    writer.flush();
    CHECK_FALSE(writer.is_filling());
    for (auto& frame : frames())
      wire.push_back(std::move(frame));
    CHECK(writer.bytes() == 0);
    for (const auto& frame : wire)
      REQUIRE(frame.size() <= segment);
    auto received = read(wire);
    REQUIRE(received.size() == sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      REQUIRE(received[i].kind == sent[i].kind);
      REQUIRE(received[i].payload == sent[i].payload);
      REQUIRE(received[i].base == sent[i].base);
      REQUIRE(received[i].notes == sent[i].notes);
    }
  }
}

TEST_CASE_FIXTURE(two_ends, "frames are filled before they are sent") {
  std::size_t payload = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    auto batch = make_batch(std::vector<note>{{std::string(200, 'x'), i}});
    REQUIRE(writer.append(*batch));
    payload += 200;
  }
  auto sent = frames();
  CHECK(sent.size() * segment < payload * 5 / 4 + segment);
  CHECK(writer.is_filling());
  CHECK(writer.bytes() > 0);
}

TEST_CASE_FIXTURE(two_ends, "the sequence number is the one given when the frame is taken") {
  writer.append(item_kind::watermark, 7);
  writer.flush();
  auto frame = writer.take(123'456'789'012);
  CHECK(frame_sequence({frame.data(), frame.size()}) == 123'456'789'012);
  CHECK(*reader.start(frame) == 123'456'789'012);
}

TEST_CASE_FIXTURE(two_ends, "a flush without items makes no frame") {
  writer.flush();
  CHECK_FALSE(writer.has_frame());
}

TEST_CASE("a batch above the limit is refused by the writer, with the key that raises it") {
  frame_writer writer{channel_options{.segment_size = 1024, .batch_max_size = 2048}};
  auto appended = writer.append(*make_batch(std::vector<note>{{std::string(4000, 'x'), 1}}));
  REQUIRE_FALSE(appended);
  CHECK(mentions(appended.failure().message(), "taskmanager.network.batch.max-size"));
}

TEST_CASE_FIXTURE(two_ends, "the hash and time columns travel with the records") {
  auto batch = make_batch(std::vector<note>{{"a", 1}, {"b", 2}});
  auto& typed = static_cast<detail::batch<note>&>(*batch);
  typed.hashes()[0] = 11;
  typed.hashes()[1] = 12;
  typed.timestamps()[0] = -5;
  typed.timestamps()[1] = 6;
  typed.has_hashes = typed.has_timestamps = true;
  REQUIRE(writer.append(*batch));
  writer.flush();
  REQUIRE(reader.start(writer.take(0)));
  channel_item item;
  REQUIRE(*reader.next(item));
  auto& read = static_cast<detail::batch<note>&>(*item.records);
  CHECK(read.has_hashes);
  CHECK(read.has_timestamps);
  CHECK(read.hashes()[1] == 12);
  CHECK(read.timestamps()[0] == -5);
}

TEST_CASE_FIXTURE(two_ends, "a reader fills the memory it is given back") {
  for (int i = 0; i < 2; ++i)
    REQUIRE(writer.append(*make_batch(std::vector<note>{{"x", 1}})));
  writer.flush();
  REQUIRE(reader.start(writer.take(0)));
  channel_item item;
  REQUIRE(*reader.next(item));
  auto* memory = item.records.get();
  reader.recycle(std::move(item.records));
  REQUIRE(*reader.next(item));
  CHECK(item.records.get() == memory);
  CHECK(records_of<note>(*item.records) == std::vector<note>{{"x", 1}});
}

TEST_CASE_FIXTURE(two_ends, "bytes that no writer makes are refused, and the refusal says why") {
  auto event = static_cast<std::uint8_t>(item_kind::watermark);
  auto batch = static_cast<std::uint8_t>(item_kind::batch);
  auto part = static_cast<std::uint8_t>(item_kind::batch_part);
  SUBCASE("no header") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u8(1).bytes), "too few for a header"));
  }
  SUBCASE("no items") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(0).bytes), "no items"));
  }
  SUBCASE("items missing") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(2).u8(event).u32(8).u64(1).bytes), "1 items are missing"));
  }
  SUBCASE("bytes left") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(event).u32(8).u64(1).u8(9).bytes), "1 bytes behind"));
  }
  SUBCASE("impossible length") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(batch).u32(0xffffffff).u64(1).bytes),
                   "4294967295 bytes"));
  }
  SUBCASE("unknown kind") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(8).u32(8).u64(1).bytes), "unknown item kind 8"));
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(0).u32(8).u64(1).bytes), "unknown item kind 0"));
  }
  SUBCASE("event of a wrong size") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(event).u32(4).u32(1).bytes), "event of 4 bytes"));
  }
  SUBCASE("event inside a batch") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(2).u8(part).u32(1).u8(0).u8(event).u32(8).u64(1).bytes),
                   "event inside a batch"));
  }
  SUBCASE("empty part") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(part).u32(0).bytes), "empty part"));
  }
  SUBCASE("records that are none") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(batch).u32(4).u32(7).bytes), "records of type"));
  }
  SUBCASE("bytes behind the records") {
    CHECK(mentions(refusal(raw_frame{}.u64(0).u32(1).u8(batch).u32(6).u32(0).u8(0).u8(77).bytes),
                   "1 bytes behind the last record"));
  }
  SUBCASE("frame above the segment size") {
    CHECK(mentions(refusal(std::vector<char>(segment + 1)), "taskmanager.memory.segment-size"));
  }
  SUBCASE("a batch without end") {
    frame_reader small{detail::record_type_of<note>(),
                       channel_options{.segment_size = 1024, .batch_max_size = 1024}};
    raw_frame frame;
    frame.u64(0).u32(1).u8(part).u32(900);
    frame.bytes.resize(frame.bytes.size() + 900);
    channel_item item;
    REQUIRE(small.start(frame.bytes));
    REQUIRE_FALSE(*small.next(item));
    REQUIRE(small.start(frame.bytes));
    auto found = small.next(item);
    REQUIRE_FALSE(found);
    CHECK(mentions(found.failure().message(), "taskmanager.network.batch.max-size"));
  }
}

TEST_CASE("no change of a frame's bytes makes the reader do more than refuse it or read other records") {
  channel_options options{.segment_size = 4096, .batch_max_size = 8192};
  std::mt19937_64 random{7};
  frame_writer writer{options};
  for (int i = 0; i < 4; ++i)
    REQUIRE(writer.append(*make_batch(random_notes(random, 20, 30))));
  writer.append(item_kind::end_of_input, 4);
  writer.flush();
  const std::vector<char> sound = writer.take(0);
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<char> frame = sound;
    for (std::uint64_t changes = 1 + random() % 3; changes > 0; --changes)
      frame[random() % frame.size()] = static_cast<char>(random());
    if (random() % 4 == 0)
      frame.resize(random() % (frame.size() + 1));
    frame_reader reader{detail::record_type_of<note>(), options};
    if (!reader.start(frame)) {
      ++refused;
      continue;
    }
    channel_item item;
    for (;;) {
      auto found = reader.next(item);
      if (!found)
        ++refused;
      if (!found || !*found)
        break;
    }
  }
  CHECK(refused > 0);
}
