#include <weir/detail/builtin.hpp>
#include <weir/detail/record_type.hpp>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

namespace weir::detail {

namespace {

class print_sink final : public stream_operator {
public:
  void open(operator_context& context) override {
    if (context.parallelism() > 1)
      prefix_ = std::to_string(context.subtask() + 1) + "> ";
  }

  /// A batch is one write, so that lines of several subtasks do not mix.
  void process(std::uint32_t, batch_ptr& records) override {
    lines_.clear();
    for (std::uint32_t i = 0; i < records->size; ++i) {
      lines_ += prefix_;
      records->type->format(*records, i, lines_);
      lines_.push_back('\n');
    }
    if (std::fwrite(lines_.data(), 1, lines_.size(), stdout) != lines_.size() || std::fflush(stdout) != 0)
      throw std::system_error{errno, std::generic_category(), "cannot write to the standard output"};
  }

private:
  std::string prefix_;
  std::string lines_;
};

} // namespace

std::unique_ptr<stream_operator> make_print_sink() {
  return std::make_unique<print_sink>();
}

} // namespace weir::detail
