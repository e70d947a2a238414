#include "connectors/text_lines/line_batches.hpp"

#include <weir/detail/codec.hpp>
#include <weir/text.hpp>

#include <stdexcept>

namespace weir {

std::uint64_t line_batches::add(std::string_view bytes, bool ended, detail::output& to) {
  waiting_ += bytes;
  std::string_view rest = waiting_;
  while (!rest.empty()) {
    auto newline = rest.find('\n');
    if (newline == std::string_view::npos && !ended)
      break;
    std::string_view line = rest.substr(0, newline);
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    if (newline != std::string_view::npos && line.ends_with('\r'))
      line.remove_suffix(1);
    give(line, to);
  }
  emit(to);
  std::size_t given = waiting_.size() - rest.size();
  waiting_.erase(0, given);
  if (waiting_.size() > max_line_size_ + 1) // it may still end with a '\r' that does not count
    refuse();
  return given;
}

void line_batches::give(std::string_view line, detail::output& to) {
  if (line.size() > max_line_size_)
    refuse();
  if (!lines_)
    lines_ = detail::record_type_of<text>().make_batch(detail::record_type_of<text>());
  auto& lines = static_cast<detail::batch<text>&>(*lines_);
  text& slot = lines.values()[lines.size++];
  slot = text{line};
  detail::rehome(slot, lines.bytes);
  if (lines.size == detail::batch<text>::capacity)
    emit(to);
}

void line_batches::refuse() const {
  throw std::runtime_error{from_ + " has a line of more than " + std::to_string(max_line_size_) + " bytes"};
}

void line_batches::emit(detail::output& to) {
  if (!lines_ || lines_->size == 0)
    return;
  to.emit(lines_);
  if (lines_)
    lines_->clear();
}

} // namespace weir
