// refused: the function object needs process2\(record of the second stream, out\)
#include <weir/weir.hpp>
struct half {
  void process1(int, weir::collector<int>&) {}
};
void job(weir::environment& env) {
  auto numbers = env.from(weir::from_elements({1, 2}));
  numbers.connect(numbers).process<int>(half{});
}
