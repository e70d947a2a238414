#include <weir/detail/codec.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "random_values.hpp"

using namespace weir::detail;

namespace {

enum class direction : std::int16_t { north, south };
enum class answer : bool { no, yes };
struct nothing {
  bool operator==(const nothing&) const = default;
};
struct sample {
  std::uint64_t key;
  double value;
  bool operator==(const sample&) const = default;
};
struct padded {
  char tag;
  std::int64_t value;
  bool operator==(const padded&) const = default;
};
struct word_count {
  std::string word;
  std::int64_t count;
  bool operator==(const word_count&) const = default;
};
struct text_count {
  weir::text word;
  std::int64_t count;
  bool operator==(const text_count&) const = default;
};
struct fixed_mix {
  bool flag;
  answer reply;
  padded inside[2];
  std::array<std::pair<std::int8_t, float>, 3> pairs;
  bool operator==(const fixed_mix&) const = default;
};
struct percent {
  int value = 0;
  bool operator==(const percent&) const = default;
};
struct deep {
  nothing none;
  word_count best;
  std::vector<word_count> all;
  std::optional<weir::text> title;
  std::map<std::string, std::vector<weir::text>> index;
  std::unordered_map<std::int32_t, std::optional<std::string>> names;
  std::set<std::string> tags;
  std::unordered_set<std::uint64_t> ids;
  std::tuple<weir::text, std::pair<std::int8_t, bool>, std::tuple<>> parts;
  std::vector<bool> flags;
  std::vector<double> numbers;
  std::array<std::string, 2> two;
  std::vector<direction> way;
  std::vector<std::vector<std::pair<answer, char>>> table;
  percent done;
  bool operator==(const deep&) const = default;
};

} // namespace

template <>
struct weir::as_record<percent> {
  using type = std::int32_t;
  static type to(const percent& value) { return value.value; }
  static percent from(type value) {
    if (value == 101)
      throw std::out_of_range{"no percentage"};
    return {value};
  }
};

namespace {

std::string encoded(const batch_base& batch) {
  std::vector<char> bytes;
  batch.type->encode(batch, bytes);
  return {bytes.begin(), bytes.end()};
}

template <class T>
batch<T>& values_of(const batch_ptr& records) {
  return static_cast<batch<T>&>(*records);
}

template <class T>
batch_ptr empty_batch() {
  return record_type_of<T>().make_batch(record_type_of<T>());
}

/// A batch, and what must come out of it, each text with bytes of its own.
template <class T>
struct filled {
  batch_ptr records = empty_batch<T>();
  std::vector<T> values;

  filled(random_values& random, std::uint32_t size) {
    auto& batch = values_of<T>(records);
    for (std::uint32_t i = 0; i < size; ++i) {
      values.push_back(random.value<T>());
      batch.values()[i] = values.back();
    }
    batch.size = size;
    if (random.below(2) == 0)
      random.fill(*column(batch.hashes(), batch.has_hashes, size));
    if (random.below(2) == 0)
      random.fill(*column(batch.timestamps(), batch.has_timestamps, size));
  }

  /// The last entry of a column whose others are its position.
  template <class Number>
  Number* column(Number* entries, bool& there, std::uint32_t size) {
    there = true;
    for (std::uint32_t i = 0; i < size; ++i)
      entries[i] = i;
    return entries + (size == 0 ? 0 : size - 1);
  }

  void check_equal(const batch_ptr& other) {
    auto &expected = values_of<T>(records), &found = values_of<T>(other);
    REQUIRE(found.size == values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(found.values()[i] == values[i]);
    CHECK(found.has_hashes == expected.has_hashes);
    CHECK(found.has_timestamps == expected.has_timestamps);
    if (found.has_hashes)
      CHECK(std::equal(found.hashes(), found.hashes() + found.size, expected.hashes()));
    if (found.has_timestamps)
      CHECK(std::equal(found.timestamps(), found.timestamps() + found.size, expected.timestamps()));
  }
};

/// Calls `check` for a type of each kind.
template <class Check>
void for_every_form(Check check) {
  auto each = [&]<class... T>(type_list<T...>) { (check.template operator()<T>(), ...); };
  each(type_list<bool, char, std::int8_t, std::uint64_t, float, direction, answer, std::string, weir::text,
                 nothing, sample, padded, word_count, text_count, fixed_mix, deep, percent,
                 std::tuple<weir::text, double>, std::pair<std::uint64_t, std::uint64_t>,
                 std::optional<std::string>, std::vector<weir::text>, std::array<std::int32_t, 4>,
                 std::map<std::string, int>, std::unordered_set<std::string>>{});
}

} // namespace

TEST_CASE("decoding gives what was encoded, for every form of record, into new and used batches") {
  for_every_form([]<class T>() {
    CAPTURE(record_type_of<T>().name);
    random_values random{1};
    batch_ptr used = empty_batch<T>();
    for (int round = 0; round < 30; ++round) {
      filled<T> first{random, static_cast<std::uint32_t>(random.below(20))};
      filled<T> second{random, static_cast<std::uint32_t>(random.below(2) * batch<T>::capacity)};
      std::string bytes = encoded(*first.records) + encoded(*second.records) + "rest";
      std::string_view left = bytes;
      CHECK(first.records->type->decode(left, *used) == "");
      first.check_equal(used);
      used->clear();
      CHECK(first.records->type->decode(left, *used) == "");
      CHECK(left == "rest");
      bytes.assign(bytes.size(), '!'); // what was decoded must not point into the encoded bytes
      second.check_equal(used);
      used->clear();
    }
  });
}

TEST_CASE("a batch that was cut off anywhere is refused") {
  for_every_form([]<class T>() {
    random_values random{2};
    filled<T> batch{random, 3};
    std::string bytes = encoded(*batch.records);
    batch_ptr into = empty_batch<T>();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      std::string cut = bytes.substr(0, size); // of its own, so that a sanitizer sees a read behind it
      std::string_view left = cut;
      CHECK(into->type->decode(left, *into) != "");
      into->clear();
    }
  });
}

TEST_CASE("bytes that were changed decode to some batch or are refused, and harm nothing") {
  for_every_form([]<class T>() {
    random_values random{3};
    batch_ptr into = empty_batch<T>();
    int refused = 0;
    for (int round = 0; round < 300; ++round) {
      filled<T> batch{random, static_cast<std::uint32_t>(1 + random.below(5))};
      std::string bytes = encoded(*batch.records);
      for (std::uint64_t changes = 1 + random.below(4); changes != 0; --changes)
        bytes[random.below(bytes.size())] = static_cast<char>(random.below(4) == 0 ? 255 : random.below(256));
      std::string_view left = bytes;
      if (!into->type->decode(left, *into).empty())
        ++refused;
      else
        encoded(*into); // all values can be read
      into->clear();
    }
    CHECK(refused > 0);
  });
}

TEST_CASE("a count above a batch's capacity is refused before anything is written") {
  for (std::uint32_t count : {batch<sample>::capacity + 1, 0x7fffffffu, 0xffffffffu}) {
    std::string bytes(5 + 64 * 1024, '\0');
    std::memcpy(bytes.data(), &count, sizeof count);
    std::string_view left = bytes;
    batch_ptr into = empty_batch<sample>();
    CHECK(into->type->decode(left, *into) ==
          "these bytes are no batch of struct{u64,f64}: it claims more records than a batch holds");
  }
}

TEST_CASE("a length that exceeds the bytes is refused before memory is taken for it") {
  using record = std::vector<std::string>;
  for (std::string length :
       {"\x05", "\xff\xff\xff\xff\x0f", "\xff\xff\xff\xff\x7f", "\xff\xff\xff\xff\xff\x01"}) {
    std::string bytes = std::string("\1\0\0\0\0", 5) + length + std::string("\0\0\0\0", 4);
    std::string_view left = bytes;
    batch_ptr into = empty_batch<record>();
    CHECK(into->type->decode(left, *into) != "");
    CHECK(values_of<record>(into).values()[0].capacity() == 0);
  }
}

TEST_CASE("values no code could have made are refused") {
  auto refused = []<class T>(type_list<T>, std::string values, std::string_view why) {
    std::string bytes = std::string("\1\0\0\0\0", 5) + values;
    std::string_view left = bytes;
    batch_ptr into = empty_batch<T>();
    CHECK(into->type->decode(left, *into).ends_with(why));
  };
  refused(type_list<bool>{}, "\2", "a flag is neither 0 nor 1");
  refused(type_list<answer>{}, "\2", "a flag is neither 0 nor 1");
  refused(type_list<std::optional<int>>{}, "\2????", "a flag is neither 0 nor 1");
  refused(type_list<percent>{}, std::string("\x65\0\0\0", 4), "weir::as_record refuses a value");
  refused(type_list<nothing>{}, "\1", "an empty struct is not 0");
}

TEST_CASE("the encoded form is the documented one") {
  batch_ptr records = empty_batch<text_count>();
  auto& batch = values_of<text_count>(records);
  batch.values()[0] = {"ab", 1};
  batch.values()[1] = {"a long one, here", -1};
  batch.size = 2;
  batch.hashes()[0] = 0x0102;
  batch.hashes()[1] = 3;
  batch.has_hashes = true;
  std::string expected{"\2\0\0\0\1"
                       "\2ab\1\0\0\0\0\0\0\0"
                       "\x10"
                       "a long one, here\xff\xff\xff\xff\xff\xff\xff\xff"
                       "\2\1\0\0\0\0\0\0\3\0\0\0\0\0\0\0",
                       57};
  CHECK(encoded(*records) == expected);
}

TEST_CASE("a struct without padding is its memory, one with padding its fields") {
  CHECK(bytewise<sample>);
  CHECK(bytewise<std::array<sample, 2>>);
  CHECK_FALSE(bytewise<padded>);
  CHECK_FALSE(bytewise<text_count>);
  CHECK_FALSE(bytewise<bool>);
  CHECK(min_encoded_size<padded>() == 9);
}

TEST_CASE("decoding into a used batch of strings uses their memory again") {
  batch_ptr records = empty_batch<std::string>(), into = empty_batch<std::string>();
  values_of<std::string>(records).values()[0] = std::string(100, 'x');
  records->size = 1;
  std::string& target = values_of<std::string>(into).values()[0];
  target.assign(200, 'y');
  const char* memory = target.data();
  into->clear();
  std::string bytes = encoded(*records);
  std::string_view left = bytes;
  REQUIRE(into->type->decode(left, *into) == "");
  CHECK(target == std::string(100, 'x'));
  CHECK(target.data() == memory);
}

TEST_CASE("appended records are copies, columns and long texts included") {
  for_every_form([]<class T>() {
    random_values random{4};
    batch_ptr copy = empty_batch<T>();
    filled<T> original{random, 10};
    {
      // From a batch that ends before its copy is read.
      std::string bytes = encoded(*original.records);
      std::string_view left = bytes;
      batch_ptr source = empty_batch<T>();
      REQUIRE(source->type->decode(left, *source) == "");
      for (std::uint32_t i = 0; i < 10; ++i)
        source->type->append(*copy, *source, i);
    }
    original.check_equal(copy);
  });
}

TEST_CASE("texts inside a value can be moved to an arena of their own") {
  static_assert(contains_text<deep> && contains_text<std::vector<text_count>> && !contains_text<word_count>);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    arena bytes;
    deep value;
    {
      random_values random{seed};
      random.fill(value);
      value.title = "a title of more than twelve bytes";
      rehome(value, bytes);
    } // here the strings end that the texts pointed to
    random_values same{seed};
    deep expected;
    same.fill(expected);
    expected.title = "a title of more than twelve bytes";
    CHECK(value == expected);
  }
}

TEST_CASE("types are named by what they are made of") {
  CHECK(record_type_of<text_count>().name == "struct{text,i64}");
  CHECK(record_type_of<fixed_mix>().name == "struct{bool,enum:bool,struct{char,i64}[2],tuple{i8,f32}[3]}");
  CHECK(record_type_of<std::map<std::string, std::vector<std::optional<float>>>>().name ==
        "map<string,vector<optional<f32>>>");
  CHECK(record_type_of<percent>().name == "i32");
  CHECK(record_type_of<std::set<std::uint16_t>>().name == "set<u16>");
}

TEST_CASE("types of another form have another layout") {
  std::set<std::uint64_t> layouts;
  int types = 0;
  for_every_form([&]<class T>() {
    layouts.insert(record_type_of<T>().layout);
    ++types;
  });
  CHECK(layouts.size() == static_cast<std::size_t>(types));
}

TEST_CASE("records have a text form that people read") {
  auto form = []<class T>(T value) {
    std::string text;
    format_record(text, value);
    return text;
  };
  CHECK(form(text_count{"word", 3}) == "word\t3");
  CHECK(form(word_count{"a\tb", -1}) == "a\tb\t-1");
  CHECK(form(std::pair{std::uint64_t{18446744073709551615u}, true}) == "18446744073709551615\ttrue");
  CHECK(form(std::tuple{'x', std::int8_t{-7}, 0.1, 1e300, 2.5f}) == "x\t-7\t0.1\t1e+300\t2.5");
  CHECK(form(std::vector{1, 2, 3}) == "[1,2,3]");
  CHECK(form(std::vector<bool>{true, false}) == "[true,false]");
  CHECK(form(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}}) == "{a:[1],b:[]}");
  CHECK(form(std::tuple{std::optional<int>{}, std::optional<int>{4}}) == "null\t4");
  CHECK(form(std::tuple{word_count{"in", 1}, std::pair{1, 2}}) == "(in,1)\t(1,2)");
  CHECK(form(std::vector<padded>{{'c', 1}}) == "[(c,1)]");
  CHECK(form(direction::south) == "1");
  CHECK(form(percent{40}) == "40");
  CHECK(form(std::string{"as it is"}) == "as it is");
}
