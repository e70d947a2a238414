#include <capnp/any.h>
#include <capnp/message.h>
#include <capnp/serialize.h>

#include <weir/capnp.hpp>
#include <weir/detail/codec.hpp>
#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include "visit.capnp.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

using namespace weir::detail;
using visit_record = weir::capnp_record<Visit>;

namespace {

visit_record make_visit(const std::string& url, std::uint32_t count) {
  capnp::MallocMessageBuilder message{2}; // of several segments
  auto visit = message.initRoot<Visit>();
  visit.setUrl(url);
  visit.setCount(count);
  auto tags = visit.initTags(2);
  tags.set(0, "first");
  tags.set(1, "a second tag that does not fit the first segment");
  return visit_record{message};
}

std::string text_of(capnp::Text::Reader text) {
  return {text.begin(), text.size()};
}

struct visit_batch {
  batch_ptr records = record_type_of<visit_record>().make_batch(record_type_of<visit_record>());
  batch<visit_record>& values = static_cast<batch<visit_record>&>(*records);

  std::string encoded() const {
    std::vector<char> bytes;
    records->type->encode(*records, bytes);
    return {bytes.begin(), bytes.end()};
  }
  std::string decode(std::string_view bytes) { return records->type->decode(bytes, *records); }
};

} // namespace

TEST_CASE("a Cap'n Proto record gives back what was set, before and after its way through a batch") {
  visit_batch sent, received;
  for (std::uint32_t i = 0; i < 5; ++i)
    sent.values.values()[i] = make_visit("/page/" + std::to_string(i), i);
  sent.values.size = 5;
  REQUIRE(received.decode(sent.encoded()) == "");
  REQUIRE(received.values.size == 5);
  for (auto* side : {&sent, &received})
    for (std::uint32_t i = 0; i < 5; ++i) {
      auto visit = side->values.values()[i].reader();
      CHECK(text_of(visit->getUrl()) == "/page/" + std::to_string(i));
      CHECK(visit->getCount() == i);
      CHECK(text_of(visit->getTags()[1]) == "a second tag that does not fit the first segment");
      CHECK_FALSE(visit->hasPrevious());
    }
}

TEST_CASE("a default-constructed Cap'n Proto record is the struct's default value") {
  visit_batch sent, received;
  sent.values.size = 1;
  CHECK(visit_record{}.reader()->getCount() == 7);
  REQUIRE(received.decode(sent.encoded()) == "");
  CHECK(received.values.values()[0].reader()->getCount() == 7);
}

TEST_CASE("a batch of Cap'n Proto records that was cut off anywhere is refused") {
  visit_batch sent;
  sent.values.values()[0] = make_visit("/", 1);
  sent.values.size = 1;
  std::string bytes = sent.encoded();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    visit_batch received;
    CHECK(received.decode(bytes.substr(0, size)) != "");
  }
}

TEST_CASE("a segment table that does not fit the message is refused") {
  visit_batch sent;
  sent.values.values()[0] = make_visit("/", 1);
  sent.values.size = 1;
  std::string bytes = sent.encoded();
  constexpr std::size_t table = 5 + 1; // behind the batch's header and the number of words
  auto refused = [&](std::size_t entry, std::uint32_t more) {
    std::string changed = bytes;
    std::uint32_t value = load_4(bytes.data() + table + 4 * entry) + more;
    std::memcpy(changed.data() + table + 4 * entry, &value, sizeof value);
    visit_batch received;
    return received.decode(changed).ends_with("it is no Cap'n Proto message");
  };
  for (std::uint32_t more : {600u, 0x7fffff00u, 0xffffffffu}) {
    CHECK(refused(0, more)); // the number of segments less one
    CHECK(refused(1, more)); // the size of the first
  }
  CHECK(refused(1, 1));
}

TEST_CASE("changed bytes of a Cap'n Proto record are read within its limits, or throw") {
  visit_batch sent;
  sent.values.values()[0] = make_visit("/some/url", 1);
  sent.values.size = 1;
  const std::string bytes = sent.encoded();
  int thrown = 0;
  for (std::size_t at = 6; at < bytes.size(); ++at)
    for (char flip : {'\x01', '\x40', '\xff'}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      visit_batch received;
      if (!received.decode(changed).empty())
        continue;
      try {
        std::string text;
        received.records->type->format(*received.records, 0, text);
      } catch (const kj::Exception&) {
        ++thrown;
      }
    }
  CHECK(thrown > 0);
}

TEST_CASE("a Cap'n Proto record has a text form and a name by its type id") {
  visit_batch sent;
  capnp::MallocMessageBuilder message;
  message.initRoot<Visit>().setUrl("/x");
  sent.values.values()[0] = visit_record{message};
  sent.values.size = 1;
  std::string text;
  sent.records->type->format(*sent.records, 0, text);
  CHECK(text == "(url = \"/x\", count = 7)");
  CHECK(sent.records->type->name.starts_with("capnp:"));
  CHECK(sent.records->type->name.size() == 6 + 16);
}

namespace {

/// A visit as a job wrote it whose schema had less, or more: with other sizes of both sections of the struct.
visit_record visit_of_schema(std::uint16_t data_words, std::uint16_t pointers, const std::string& url) {
  capnp::MallocMessageBuilder message;
  auto visit = message.getRoot<capnp::AnyPointer>().initAsAnyStruct(data_words, pointers);
  visit.getPointerSection()[0].setAs<capnp::Text>(url);
  if (pointers > 4)
    visit.getPointerSection()[4].setAs<capnp::Text>("a field that is not known here");
  return visit_record{message};
}

/// Keeps the first visit of a key in each kind of state, and gives it again.
struct keeping_visits {
  weir::value_state<visit_record> value;
  weir::list_state<visit_record> list;
  weir::map_state<std::int64_t, visit_record> map;
  weir::operator_list<visit_record> own;
  void open(auto& context) {
    value = context.state(weir::value<visit_record>("value"));
    list = context.state(weir::list<visit_record>("list"));
    map = context.state(weir::map<std::int64_t, visit_record>("map"));
    own = context.operator_state(weir::list<visit_record>("own"));
  }
  void process(const visit_record& visit, weir::collector<visit_record>& out) {
    if (!value.has_value()) {
      value.set(visit);
      list.add(visit);
      map.put(1, visit);
      own.add(visit);
      return;
    }
    out.emit(*value.get());
    out.emit(list.get().at(0));
    out.emit(*map.get(1));
    out.emit(own.get().at(0));
  }
};

} // namespace

TEST_CASE("a Cap'n Proto record in state is read by jobs whose schema has grown or was smaller") {
  using namespace weir::testing;
  auto make = [](const weir::stream<visit_record>& visits) {
    return visits.key_by([](const visit_record&) { return 1; }).process<visit_record>(keeping_visits{});
  };
  using test_harness = harness<visit_record(visit_record)>;
  for (auto [data_words, pointers] : {std::pair<std::uint16_t, std::uint16_t>{0, 1}, {4, 6}})
    for (backend state : {backend::hashmap, backend::leveldb}) {
      test_harness before{make, {.state = state}};
      before.push(visit_of_schema(data_words, pointers, "/stored/with/another/schema"));
      test_harness after{make, {.state = backend::hashmap, .snapshot = before.snapshot()}};
      after.push(make_visit("/", 1));
      auto found = after.records();
      REQUIRE(found.size() == 4);
      for (const auto& each : found) {
        auto visit = each.reader();
        CHECK(text_of(visit->getUrl()) == "/stored/with/another/schema");
        CHECK(visit->getCount() == 7); // the default, where the field was not there or not set
        CHECK(visit->getTags().size() == 0);
        CHECK_FALSE(visit->hasPrevious());
      }
    }
}
