// Which pages were viewed most in the last ten minutes, told every minute? Sliding windows, and a ranking of
// what each of them counted.
//
//   weir run -p 2 top_pages.so --input=FILE-OR-FOLDER --output=FOLDER [--top=3]
//   weir run -p 2 top_pages.so --events=50000         --output=FOLDER     (made-up views)
//
// A line of the input is the time of a view in milliseconds since 1970 and the page, with a tab between. A
// line of the output is the end of a window, a rank, the page and its views.

#include <weir/weir.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

using namespace std::chrono_literals;

struct view {
  std::int64_t at; // milliseconds since 1970
  std::string page;
};

struct page_views {
  std::string page;
  std::int64_t views;
};

struct ranked_page {
  std::int64_t window_end;
  std::int64_t rank;
  std::string page;
  std::int64_t views;
};

// A view is in ten windows, but counted once: for the minute it is in. A window is put together from its
// minutes by merge; with remove, the next window is this one and a minute, less a minute.
struct counting {
  std::int64_t create() { return 0; }
  void add(std::int64_t& count, const view&) { ++count; }
  void merge(std::int64_t& count, std::int64_t other) { count += other; }
  void remove(std::int64_t& count, std::int64_t other) { count -= other; }
  std::int64_t result(std::int64_t count) { return count; }
};

// Keeps the best pages of all that it is given, in any order: pages with equal views are ranked by name.
class best {
public:
  explicit best(std::size_t places) : places_{places} {}

  std::vector<page_views> create() { return {}; }
  void add(std::vector<page_views>& ranking, const page_views& one) {
    auto better = [](const page_views& a, const page_views& b) {
      return a.views != b.views ? a.views > b.views : a.page < b.page;
    };
    ranking.insert(std::ranges::upper_bound(ranking, one, better), one);
    if (ranking.size() > places_)
      ranking.pop_back();
  }
  void merge(std::vector<page_views>& ranking, const std::vector<page_views>& other) {
    for (const page_views& each : other)
      add(ranking, each);
  }
  std::vector<page_views> result(const std::vector<page_views>& ranking) { return ranking; }

private:
  std::size_t places_;
};

weir::stream<ranked_page> top_pages_of(const weir::stream<view>& views, std::size_t places) {
  return views.key_by(&view::page)
      .window(weir::sliding(10min, 1min))
      .aggregate<page_views>(counting{}, [](const std::string& page, const weir::window&, std::int64_t count,
                                            auto& out) { out.emit(page, count); })
      .name("count")
      // What a window gives has the last millisecond of the window as its time. So all pages of one sliding
      // window are in the same minute, and alone there: cut into minutes, they can be ranked together. That
      // takes a single subtask, with few records to look at.
      .window_all(weir::tumbling(1min))
      .aggregate<ranked_page>(
          best{places},
          [](auto, const weir::window& in, const std::vector<page_views>& ranking, auto& out) {
            std::int64_t rank = 0;
            for (const auto& [page, count] : ranking)
              out.emit(in.end, ++rank, page, count);
          })
      .name("rank");
}

// View number n, ten a second, written within twenty seconds. What people look at changes as time goes by.
view made_up_view(std::uint64_t n) {
  constexpr std::int64_t midnight = 1'767'225'600'000;
  std::uint64_t random = (n ^ 0x5851f42d4c957f2d) * 0x9e3779b97f4a7c15; // the same for the same n …
  random = (random ^ random >> 32) * 0x94d049bb133111eb >> 8;           // … and like nothing for the next
  auto at = static_cast<std::int64_t>(n * 100) - static_cast<std::int64_t>(random % 20'000);
  auto liked = static_cast<std::uint64_t>(std::sqrt(random / 20'000 % 1600)); // 39 most often, 0 least
  return {midnight + std::max<std::int64_t>(at, 0), "/page-" + std::to_string((liked + n / 3000) % 40)};
}

weir::stream<view> read_views(weir::environment& env, weir::arguments& args) {
  if (auto input = args.optional<std::string>("input", ""); !input.empty())
    return env.from(weir::text_files(input)).map(weir::parse_line<view>);
  return env.from(weir::generate(args.optional<std::uint64_t>("events", 50'000), made_up_view));
}

WEIR_JOB(top_pages) {
  auto output = args.required<std::string>("output");
  auto places = args.optional<std::size_t>("top", 3);
  if (places == 0)
    throw weir::argument_error{"--top=0 leaves no place in the ranking: it is at least 1"};
  // Each subtask reads a part of the input, one the beginning of the day and another its end. Event time is
  // that of the one that is behind, so that no view is late, wherever it was read.
  auto views =
      read_views(env, args).assign_timestamps(weir::watermarks::bounded_out_of_orderness(&view::at, 20s));
  top_pages_of(views, places).write_text(output).set_parallelism(1); // one file, in the order of time
}
