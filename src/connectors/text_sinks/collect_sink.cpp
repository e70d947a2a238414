#include <weir/detail/builtin.hpp>
#include <weir/detail/record_type.hpp>

#include <string>
#include <utility>

namespace weir::detail {

namespace {

class collect_sink final : public stream_operator {
public:
  explicit collect_sink(std::string name) : name_{std::move(name)} {}

  void open(operator_context& context) override { context_ = &context; }

  void process(std::uint32_t, batch_ptr& records) override {
    lines_.clear();
    for (std::uint32_t i = 0; i < records->size; ++i) {
      records->type->format(*records, i, lines_);
      lines_.push_back('\n');
    }
    context_->add_result(name_, lines_);
  }

private:
  std::string name_;
  operator_context* context_ = nullptr;
  std::string lines_;
};

} // namespace

std::unique_ptr<stream_operator> make_collect_sink(std::string name) {
  return std::make_unique<collect_sink>(std::move(name));
}

} // namespace weir::detail
