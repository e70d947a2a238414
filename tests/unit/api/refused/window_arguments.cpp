// refused: a function of a window takes \(const Key&, const weir::window&, content, out\)
#include <weir/weir.hpp>
struct click {
  int user;
  int count;
};
void job(weir::environment& env) {
  env.from(weir::from_elements({click{1, 1}}))
      .key_by(&click::user)
      .window(weir::tumbling(std::chrono::seconds{1}))
      .process<int>([](const std::vector<click>& all, auto& out) { out.emit(static_cast<int>(all.size())); });
}
