#pragma once

#include "base/result.hpp"
#include "exchange/channel_item.hpp"
#include "exchange/channel_options.hpp"

#include <weir/detail/record_type.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

/// The bytes of a channel between two processes. Integers are little-endian.
///
///     frame := u64 sequence, u32 items, item{items}
///     item  := u8 kind, u32 length, byte{length}
///
/// A `batch` item is an encoded batch (record_type). One that does not fit the frame is cut: `batch_part`
/// items, then a `batch` item with the rest, with nothing between them. A barrier carries two u64, checkpoint
/// and base; all other items carry one.
namespace weir {

inline constexpr std::size_t frame_header_size = 12;
inline constexpr std::size_t item_header_size = 5;

/// Packs items into frames of at most `segment_size` bytes.
class frame_writer {
public:
  explicit frame_writer(const channel_options& options) : options_{options} {}

  /// Fails when the encoded batch exceeds `batch_max_size`; the frames are then unusable.
  result<void> append(const detail::batch_base& records);
  /// `base`: of a barrier.
  void append(item_kind event, std::uint64_t payload, std::uint64_t base = 0);

  /// Closes the frame that is being filled, if there is anything in it.
  void flush();

  [[nodiscard]] bool has_frame() const { return !ready_.empty(); }
  [[nodiscard]] bool is_filling() const { return items_ > 0; }

  /// The next closed frame. Requires has_frame().
  std::vector<char> take(std::uint64_t sequence);

  /// Of closed frames and the one that is being filled.
  [[nodiscard]] std::size_t bytes() const { return ready_bytes_ + filling_.size(); }

private:
  void append_item(item_kind kind, std::string_view bytes);
  [[nodiscard]] std::size_t room() const;

  channel_options options_;
  std::vector<char> filling_;
  std::uint32_t items_ = 0;
  std::deque<std::vector<char>> ready_;
  std::size_t ready_bytes_ = 0;
  std::vector<char> encoded_;
};

/// Takes frames apart. Trusts no length: bytes that cannot come from a frame_writer are an error, after which
/// the reader is unusable.
class frame_reader {
public:
  frame_reader(const detail::record_type& record, const channel_options& options)
      : record_{&record}, options_{options} {}

  /// Reads the header of the next frame. Requires that the one before is exhausted. Returns its sequence
  /// number.
  result<std::uint64_t> start(std::vector<char> frame);

  /// The next item; false when the frame is exhausted.
  result<bool> next(channel_item& item);

  [[nodiscard]] bool exhausted() const { return items_ == 0; }

  /// Frees the memory of a frame that is exhausted.
  void finish();

  /// True while the front of a batch waits for the rest of it.
  [[nodiscard]] bool inside_batch() const { return !assembled_.empty(); }

  /// Memory for a batch to come, of this reader's record type.
  void recycle(detail::batch_ptr emptied) { spare_ = std::move(emptied); }

private:
  result<detail::batch_ptr> decode(std::string_view bytes);

  const detail::record_type* record_;
  channel_options options_;
  std::vector<char> frame_;
  std::string_view rest_;
  std::uint32_t items_ = 0;
  std::vector<char> assembled_;
  detail::batch_ptr spare_;
};

/// The sequence number in a frame's header; none when it is too short for one.
std::optional<std::uint64_t> frame_sequence(std::string_view frame);

} // namespace weir
