// refused: on_timer takes \(std::int64_t time, context, out\)
#include <weir/weir.hpp>
struct alarm_clock {
  void process(int, weir::keyed_context<int>& context, weir::collector<int>&) { context.timers().event(1); }
  void on_timer(std::int64_t, weir::collector<int>&) {}
};
void job(weir::environment& env) {
  env.from(weir::from_elements({1, 2})).key_by([](int n) { return n; }).process<int>(alarm_clock{});
}
