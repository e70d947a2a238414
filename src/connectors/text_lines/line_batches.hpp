#pragma once

#include <weir/detail/operator.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// Makes batches of weir::text of bytes that come in pieces of any size, a record for each line, without "\n"
/// or "\r\n".
class line_batches {
public:
  /// `from`: where the bytes come from, for messages.
  line_batches(std::string from, std::size_t max_line_size)
      : from_{std::move(from)}, max_line_size_{max_line_size} {}

  /// Gives the lines that are whole by now; with `ended`, what is left is one as well. Returns how many bytes
  /// the lines had with their ends. Throws std::runtime_error for a line that is too long.
  std::uint64_t add(std::string_view bytes, bool ended, detail::output& to);

  /// Bytes that are not a whole line.
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

private:
  void give(std::string_view line, detail::output& to);
  void emit(detail::output& to);
  [[noreturn]] void refuse() const;

  std::string from_;
  std::size_t max_line_size_;
  std::string waiting_;
  detail::batch_ptr lines_;
};

} // namespace weir
