// refused: connected streams need keys of the same type
#include <string>
#include <weir/weir.hpp>
struct order {
  int customer;
};
struct payment {
  std::string customer;
};
void job(weir::environment& env) {
  auto orders = env.from(weir::from_elements({order{1}})).key_by(&order::customer);
  auto payments = env.from(weir::from_elements({payment{"a"}})).key_by(&payment::customer);
  orders.connect(payments);
}
