// refused: keyed state depends on the type of the key: write open\(auto& context\)
#include <weir/weir.hpp>
struct counting {
  weir::value_state<int> count;
  void open(weir::function_context& context) { count = context.state(weir::value<int>("count")); }
  void process(int, weir::collector<int>&) {}
};
void job(weir::environment& env) {
  env.from(weir::from_elements({1, 2})).process<int>(counting{});
}
