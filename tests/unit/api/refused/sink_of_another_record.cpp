// refused: write_to takes a class derived from weir::transactional_sink of this stream's record
#include <weir/weir.hpp>

struct of_texts : weir::transactional_sink<std::string> {
  void fence() override {}
  void begin(const std::string&) override {}
  void write(const std::string&) override {}
  std::string prepare() override { return {}; }
  void roll_back() override {}
  void commit(const std::string&) override {}
  void abort(const std::string&) override {}
  std::vector<std::string> leftovers() override { return {}; }
};

void job(weir::stream<int> numbers) {
  numbers.write_to(of_texts{});
}
