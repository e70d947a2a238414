// refused: interval_join takes a keyed stream: call key_by on the other one too
#include <weir/weir.hpp>
void job(weir::environment& env) {
  auto numbers = env.from(weir::from_elements({1, 2}));
  (void)numbers.key_by([](int n) { return n; })
      .interval_join(numbers, std::chrono::seconds{-1}, std::chrono::seconds{1});
}
