// refused: session takes a std::chrono duration, or a function of one record that returns one
#include <weir/weir.hpp>
struct click {
  int user;
  int count;
};
void job(weir::environment& env) {
  env.from(weir::from_elements({click{1, 1}}))
      .key_by(&click::user)
      .window(weir::session(600))
      .sum(&click::count);
}
