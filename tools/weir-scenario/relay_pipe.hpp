#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>

namespace weir::scenario {

/// One direction of a connection that is relayed: what was read and is to be written when its time has come.
class relay_pipe {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Reading pauses at so much, so that a receiver that does not read holds back its sender as ever.
  static constexpr std::size_t bytes_max = 1 << 20;

  [[nodiscard]] bool wants_bytes() const { return !has_ended_ && !is_broken_ && size_ < bytes_max; }
  /// When there is something to do for write().
  [[nodiscard]] std::optional<time_point> due() const;
  /// All has been written, and the end was passed on.
  [[nodiscard]] bool is_done() const { return is_end_written_; }
  /// One of the two sides is gone.
  [[nodiscard]] bool is_broken() const { return is_broken_; }

  /// Takes what there is; it leaves at `due`, or behind what leaves later.
  void read(int socket, time_point due);
  /// Gives what is due.
  void write(int socket, time_point now);

private:
  struct chunk {
    time_point due;
    std::string bytes;
  };

  std::deque<chunk> waiting_;
  std::size_t size_ = 0;
  time_point end_due_;
  bool has_ended_ = false;
  bool is_end_written_ = false;
  bool is_broken_ = false;
};

} // namespace weir::scenario
