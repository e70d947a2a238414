// refused: on_timer needs a key: call key_by before process
#include <weir/weir.hpp>
struct alarm_clock {
  void process(int, weir::collector<int>&) {}
  void on_timer(std::int64_t, weir::record_context&, weir::collector<int>&) {}
};
void job(weir::environment& env) {
  env.from(weir::from_elements({1, 2})).process<int>(alarm_clock{});
}
