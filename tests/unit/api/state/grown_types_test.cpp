#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace weir::testing;

namespace {

struct visit {
  std::int64_t page = 0;
  std::string from;
  bool operator==(const visit&) const = default;
};

/// A visit as a later version of the job knows it.
struct grown_visit {
  std::int64_t page = 0;
  std::string from;
  std::int64_t seconds = 30;
  std::optional<std::string> campaign;
  bool operator==(const grown_visit&) const = default;
};

template <class Visit>
Visit visit_of(std::int64_t page) {
  Visit made;
  made.page = page;
  made.from = "page " + std::to_string(page - 1);
  return made;
}

template <class Visit>
struct latest {
  static void add(Visit& to, std::int64_t page) { to = visit_of<Visit>(page); }
  static Visit result(const Visit& of) { return of; }
};

/// Keeps visits in state of every kind. A page above 0 is visited; 0 asks for all that is kept.
template <class Visit>
struct keeping {
  weir::value_state<Visit> value;
  weir::list_state<Visit> list;
  weir::map_state<std::int64_t, Visit> map;
  weir::reducing_state<Visit> reduced;
  weir::aggregating_state<std::int64_t, Visit> aggregate;
  weir::operator_list<Visit> own, shared;

  void open(auto& context) {
    value = context.state(weir::value<Visit>("value"));
    list = context.state(weir::list<Visit>("list"));
    map = context.state(weir::map<std::int64_t, Visit>("map"));
    reduced =
        context.state(weir::reducing<Visit>("reduced", [](const Visit&, const Visit& last) { return last; }));
    aggregate = context.state(weir::aggregating<std::int64_t, Visit, Visit>("aggregate", latest<Visit>{}));
    own = context.operator_state(weir::list<Visit>("own"));
    shared = context.union_state(weir::list<Visit>("shared"));
  }

  void process(std::int64_t page, weir::collector<std::vector<Visit>>& out) {
    if (page == 0)
      return tell(out);
    Visit made = visit_of<Visit>(page);
    value.set(made);
    list.add(made);
    map.put(page, made);
    reduced.add(made);
    aggregate.add(page);
    own.add(made);
    shared.add(made);
  }

  void tell(weir::collector<std::vector<Visit>>& out) {
    out.emit({*value.get(), *reduced.get(), *aggregate.get()});
    out.emit(list.get());
    std::vector<Visit> of_map;
    for (std::int64_t page = 1; map.contains(page); ++page)
      of_map.push_back(*map.get(page));
    out.emit(of_map);
    out.emit(own.get());
    out.emit(shared.get());
  }
};

template <class Visit>
auto keeping_all(const weir::stream<std::int64_t>& pages) {
  return pages.key_by([](std::int64_t) { return std::int64_t{7}; })
      .template process<std::vector<Visit>>(keeping<Visit>{});
}

template <class Visit>
std::vector<std::vector<Visit>> all_of(std::int64_t pages) {
  std::vector<Visit> each;
  for (std::int64_t page = 1; page <= pages; ++page)
    each.push_back(visit_of<Visit>(page));
  return {{each.back(), each.back(), each.back()}, each, each, each, each};
}

} // namespace

TEST_CASE("a struct that gets fields at its end is restored in every kind of state, with their defaults") {
  constexpr std::int64_t pages = 300; // more than one part of a list
  for (backend first : {backend::hashmap, backend::leveldb})
    for (backend second : {backend::hashmap, backend::leveldb}) {
      harness<std::vector<visit>(std::int64_t)> before{keeping_all<visit>, {.state = first}};
      for (std::int64_t page = 1; page <= pages; ++page)
        before.push(page);
      before.push(0);
      REQUIRE(before.records() == all_of<visit>(pages));

      harness<std::vector<grown_visit>(std::int64_t)> after{keeping_all<grown_visit>,
                                                            {.state = second, .snapshot = before.snapshot()}};
      after.push(0);
      REQUIRE(after.records() == all_of<grown_visit>(pages));
      after.push(pages + 1);

      harness<std::vector<grown_visit>(std::int64_t)> again{keeping_all<grown_visit>,
                                                            {.state = first, .snapshot = after.snapshot()}};
      again.push(0);
      CHECK(again.records() == all_of<grown_visit>(pages + 1));
    }
}
