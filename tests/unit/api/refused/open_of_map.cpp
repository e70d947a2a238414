// refused: open takes a weir::function_context&, or on a keyed stream
#include <weir/weir.hpp>
struct adding {
  void open(int) {}
  int operator()(int number) { return number + 1; }
};
void job(weir::environment& env) {
  env.from(weir::from_elements({1, 2})).map(adding{});
}
