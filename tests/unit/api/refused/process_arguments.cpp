// refused: process<Out> takes a function object with process\(record, out\) or process
#include <weir/weir.hpp>
struct order {
  int customer;
};
struct counting {
  void process(int, weir::collector<int>&) {}
};
void job(weir::environment& env) {
  env.from(weir::from_elements({order{1}})).process<int>(counting{});
}
