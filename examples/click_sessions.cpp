// When did each user visit, and how often did they click? Sessions of a click log, with clicks that come
// late.
//
//   weir run -p 2 click_sessions.so --input=FILE    --output=FOLDER
//   weir run -p 2 click_sessions.so --events=50000  --output=FOLDER     (a made-up log)
//
// A line of the log is the time of a click in milliseconds since 1970, the user and the page, with tabs
// between. FOLDER/sessions gets a line for each session: user, first click, last click, number of clicks.
// FOLDER/late gets the clicks that came too late for any.

#include <weir/weir.hpp>

#include <chrono>

using namespace std::chrono_literals;

struct click {
  std::int64_t at; // milliseconds since 1970
  std::string user;
  std::string page;
};

struct session {
  std::string user;
  std::int64_t first;
  std::int64_t last;
  std::int64_t clicks;
};

// What a window knows of its clicks while it is open. Windows of one user become one when a click falls
// between them; merge says what becomes of their counts.
struct counting {
  std::int64_t create() { return 0; }
  void add(std::int64_t& count, const click&) { ++count; }
  void merge(std::int64_t& count, std::int64_t other) { count += other; }
  std::int64_t result(std::int64_t count) { return count; }
};

constexpr std::chrono::milliseconds gap = 10min; // so long without a click ends a session
const weir::side_output<click> too_late{"too late"};

// The part that a test can run without files: see tests/unit/examples.
weir::stream<session> sessions_of(const weir::stream<click>& clicks) {
  return clicks.key_by(&click::user)
      .window(weir::session(gap))
      // A session is told when event time has passed its end. It is kept for two hours more: a click that
      // comes within them gives the session once more, with all it has by then.
      .allowed_lateness(2h)
      .late_to(too_late)
      .aggregate<session>(counting{},
                          [](const std::string& user, const weir::window& in, std::int64_t count, auto& out) {
                            // The window lasts from the first click to the end of the gap behind the last
                            // one.
                            out.emit(user, in.start, in.end - gap.count(), count);
                          });
}

// Click number n of a log that gets a click a second. Most clicks are written within half a minute. Three in
// a hundred were made offline and come after an hour and a half, one after five hours.
click made_up_click(std::uint64_t n) {
  constexpr std::int64_t second = 1000, minute = 60 * second, midnight = 1'767'225'600'000;
  std::uint64_t random = (n ^ 0x5851f42d4c957f2d) * 0x9e3779b97f4a7c15; // the same for the same n …
  random = (random ^ random >> 32) * 0x94d049bb133111eb >> 8;           // … and like nothing for the next
  std::int64_t now = static_cast<std::int64_t>(n) * second;
  std::int64_t delay = random % 100 == 0  ? 300 * minute
                       : random % 100 < 4 ? 90 * minute
                                          : static_cast<std::int64_t>(random / 100 % 30) * second;
  std::int64_t at = delay > now ? now : now - delay; // the log begins at midnight
  // Each half an hour has its own three hundred visitors.
  std::uint64_t user = (static_cast<std::uint64_t>(at / (30 * minute)) * 300 + random / 3000 % 300) % 3000;
  return {midnight + at, "user-" + std::to_string(user), "/page-" + std::to_string(random / 900'000 % 20)};
}

weir::stream<click> read_clicks(weir::environment& env, weir::arguments& args) {
  auto input = args.optional<std::string>("input", "");
  if (input.empty()) {
    auto events = args.optional<std::uint64_t>("events", 50'000);
    return env.from(weir::generate(events, made_up_click)).set_parallelism(1);
  }
  return env.from(weir::text_files(input))
      .set_parallelism(1)
      .map(weir::parse_line<click>) // fails the job at a line that is no click
      .set_parallelism(1);
}

WEIR_JOB(click_sessions) {
  auto output = args.required<std::string>("output");
  // Which clicks are late depends on the order in which they are read, and on how far event time was when
  // each came. One subtask reads them in the order of the log, and a watermark goes out behind every batch of
  // them, so that each run gives the same. All that comes behind key_by runs in parallel.
  env.set_watermark_interval_ms(0);
  auto clicks = read_clicks(env, args)
                    .assign_timestamps(weir::watermarks::bounded_out_of_orderness(&click::at, 30s))
                    .set_parallelism(1);

  auto sessions = sessions_of(clicks).name("sessions");
  sessions.write_text(output + "/sessions");
  sessions.side(too_late).write_text(output + "/late");
}
