#include <weir/detail/reflect.hpp>
#include <weir/text.hpp>

#include <doctest/doctest.h>

#include <any>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

using namespace weir::detail;

namespace {

struct nothing {};
struct one {
  std::string only;
};
struct inner {
  int a;
  std::string b;
};
struct greedy { // fields that can be made of almost anything, and more initialisers than fields
  std::optional<int> a;
  std::any b;
  std::function<void()> c;
  std::vector<std::any> d;
  inner e;
  std::array<int, 3> f;
  char g[7];
  int h[2][2];
  std::tuple<int, weir::text> i;
  std::map<int, std::string> j;
  int k = 5;
};
struct largest {
  int f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f21, f22,
      f23, f24;
};
struct derived : inner {
  int c;
};
struct marked : nothing {
  int c;
};
class closed {
  [[maybe_unused]] int a = 0;
};

static_assert(field_count<nothing> == 0);
static_assert(field_count<one> == 1);
static_assert(field_count<const inner> == 2);
static_assert(field_count<greedy> == 11);
static_assert(field_count<largest> == 24);
static_assert(plain_aggregate<nothing> && plain_aggregate<greedy> && plain_aggregate<largest>);
static_assert(!plain_aggregate<derived> && !plain_aggregate<marked> && !plain_aggregate<closed>);
static_assert(!plain_aggregate<std::string> && !plain_aggregate<weir::text>);

} // namespace

TEST_CASE("the fields of a struct are visited in order, as references") {
  largest value{};
  int next = 0;
  for_each_field(value, [&](int& field) { field = ++next; });
  CHECK(next == 24);
  CHECK(value.f1 == 1);
  CHECK(value.f13 == 13);
  CHECK(value.f24 == 24);
}

TEST_CASE("every number of fields up to 24 is visited whole") {
  auto sum = [](const auto&... fields) { return (fields + ... + 0); };
  struct f5 {
    int a, b, c, d, e;
  };
  struct f12 {
    int a, b, c, d, e, f, g, h, i, j, k, l;
  };
  struct f23 {
    int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w;
  };
  const f5 five{1, 2, 3, 4, 5};
  const f12 twelve{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const f23 many{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
  CHECK(visit_fields(five, sum) == 15);
  CHECK(visit_fields(twelve, sum) == 78);
  CHECK(visit_fields(many, sum) == 276);
}

TEST_CASE("a member pointer tells its field's position") {
  CHECK(field_index(&inner::a) == 0);
  CHECK(field_index(&inner::b) == 1);
  CHECK(field_index(&greedy::k) == 10);
}
