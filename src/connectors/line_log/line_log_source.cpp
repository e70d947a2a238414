#include "base/platform.hpp"
#include "connectors/text_files/input_files.hpp"
#include "connectors/text_lines/line_batches.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/source_parts.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

namespace {

constexpr std::size_t read_size = 64 * 1024;
constexpr std::uint64_t no_end = std::numeric_limits<std::uint64_t>::max();

[[noreturn]] void fail(const error& failure) {
  throw std::runtime_error{failure.message()};
}

/// The part of a file that is still to be read is its state: from the next line to where it was told to stop,
/// or without end.
class line_log_source final : public source_operator {
public:
  line_log_source(std::string path, bool stop_at_end, std::size_t max_line_size)
      : path_{std::move(path)}, stop_at_end_{stop_at_end}, lines_{path_, max_line_size} {}

  void open(operator_context& context) override {
    context_ = &context;
    left_.open(context, 0, [&] { return std::vector<file_range>{{path_, 0, end_of_log()}}; });
  }

  status poll() override {
    if (left_.empty())
      return status::ended;
    if (!file_ && !open_file())
      return status::idle;
    std::uint64_t position = left_.front().begin, at = position + lines_.waiting();
    std::uint64_t wanted = std::min<std::uint64_t>(block_.size(), left_.front().end - at);
    auto count = file_->read_at(at, {block_.data(), wanted});
    if (!count)
      fail(count.failure());
    if (*count == 0) {
      check_size(at);
      return status::idle;
    }
    bool ended = at + *count == left_.front().end;
    left_.read_to(position + lines_.add({block_.data(), *count}, ended, *context_->out()));
    return left_.empty() ? status::ended : status::more;
  }

private:
  [[nodiscard]] std::uint64_t end_of_log() const {
    if (!stop_at_end_)
      return no_end;
    auto log = context_->platform().files().info(path_);
    if (!log)
      fail(log.failure());
    return log->size;
  }

  /// False while there is no such file and nothing of it was read: it may come.
  bool open_file() {
    auto file = context_->platform().files().open(path_);
    if (!file && file.failure().code() == errc::not_found && left_.front().begin == 0 &&
        left_.front().end == no_end)
      return false;
    if (!file)
      fail(file.failure());
    file_ = std::move(*file);
    return true;
  }

  /// Nothing stands behind what was read: the log has not grown, or has been cut.
  void check_size(std::uint64_t read) const {
    auto log = context_->platform().files().info(path_);
    if (log && log->size >= read && left_.front().end == no_end)
      return;
    throw std::runtime_error{path_ + " has become shorter than it was, or is gone, after " +
                             std::to_string(read) + " bytes were read: a line log may only grow"};
  }

  std::string path_;
  bool stop_at_end_;
  operator_context* context_ = nullptr;
  source_parts<file_range> left_;
  std::unique_ptr<readable_file> file_;
  line_batches lines_;
  std::array<char, read_size> block_;
};

} // namespace

std::unique_ptr<source_operator> make_line_log_source(std::string path, bool stop_at_end,
                                                      std::size_t max_line_size) {
  return std::make_unique<line_log_source>(std::move(path), stop_at_end, max_line_size);
}

} // namespace weir::detail
