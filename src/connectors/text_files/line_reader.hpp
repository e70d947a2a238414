#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "connectors/text_files/input_files.hpp"

#include <weir/detail/batch.hpp>
#include <weir/text.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir {

/// Reads the lines that begin in a range of a file, a batch at a time.
///
/// The file is read into the batch's own arena, so that lines are not copied: they point into it. What is
/// left of a block behind the last line of a batch moves to the next batch; the block's size follows the
/// length of the lines, so that this is little.
class line_reader {
public:
  /// Lines longer than `max_line_size` bytes are an error.
  static result<line_reader> open(file_system& files, file_range range, std::size_t max_line_size);

  /// Fills the empty batch. A batch that stays empty means that there are no more lines.
  result<void> read(detail::batch<text>& lines);

  /// Where the first line begins that was not read; at the end of the range or beyond when there is none.
  [[nodiscard]] std::uint64_t position() const { return next_line_; }

private:
  line_reader(std::unique_ptr<readable_file> file, file_range range, std::size_t max_line_size);

  result<void> skip_to_first_line();
  result<void> add_lines(detail::batch<text>& lines, const char*& from, const char* end, bool at_end_of_file);
  [[nodiscard]] error too_long() const;

  std::unique_ptr<readable_file> file_;
  file_range range_;
  std::size_t max_line_size_;
  std::uint64_t next_line_ = 0; ///< offset of the first line that is not read yet
  std::size_t block_size_ = 64 * 1024;
  std::string rest_; ///< bytes from next_line_ on that were read already
};

} // namespace weir
