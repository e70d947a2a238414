// refused: window takes weir::tumbling\(…\), sliding\(…\), session\(…\), global\(\) or end_of_input\(\)
#include <weir/weir.hpp>
struct click {
  int user;
  int count;
};
void job(weir::environment& env) {
  env.from(weir::from_elements({click{1, 1}}))
      .key_by(&click::user)
      .window(std::chrono::seconds{10})
      .sum(&click::count);
}
