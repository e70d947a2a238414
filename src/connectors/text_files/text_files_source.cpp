#include "base/platform.hpp"
#include "connectors/text_files/input_files.hpp"
#include "connectors/text_files/line_reader.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/codec.hpp>
#include <weir/detail/source_parts.hpp>
#include <weir/text.hpp>

#include <optional>
#include <stdexcept>
#include <utility>

namespace weir::detail {

namespace {

template <class T>
T value_or_throw(result<T> value) {
  if (!value)
    throw std::runtime_error{value.failure().message()};
  return std::move(*value);
}

class text_files_source final : public source_operator {
public:
  text_files_source(std::string pattern, std::size_t max_line_size)
      : pattern_{std::move(pattern)}, max_line_size_{max_line_size} {}

  void open(operator_context& context) override {
    context_ = &context;
    left_.open(context, 0,
               [&] { return whole(value_or_throw(find_input_files(context.platform().files(), pattern_))); });
  }

  status poll() override {
    if (left_.empty())
      return status::ended;
    if (!reader_)
      reader_ =
          value_or_throw(line_reader::open(context_->platform().files(), left_.front(), max_line_size_));
    if (!lines_)
      lines_ = record_type_of<text>().make_batch(record_type_of<text>());
    lines_->clear();
    auto& lines = static_cast<batch<text>&>(*lines_);
    if (auto read = reader_->read(lines); !read)
      throw std::runtime_error{read.failure().message()};
    bool is_done = reader_->position() >= left_.front().end;
    left_.read_to(reader_->position());
    if (is_done)
      reader_.reset();
    if (lines.size != 0)
      context_->out()->emit(lines_);
    return status::more;
  }

private:
  std::string pattern_;
  std::size_t max_line_size_;
  operator_context* context_ = nullptr;
  source_parts<file_range> left_;
  std::optional<line_reader> reader_;
  batch_ptr lines_;
};

} // namespace

std::unique_ptr<source_operator> make_text_files_source(std::string pattern, std::size_t max_line_size) {
  return std::make_unique<text_files_source>(std::move(pattern), max_line_size);
}

} // namespace weir::detail
