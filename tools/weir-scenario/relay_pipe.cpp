#include "relay_pipe.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace weir::scenario {

std::optional<relay_pipe::time_point> relay_pipe::due() const {
  if (!waiting_.empty())
    return waiting_.front().due;
  return has_ended_ && !is_end_written_ ? std::optional{end_due_} : std::nullopt;
}

void relay_pipe::read(int socket, time_point due) {
  if (!waiting_.empty())
    due = std::max(due, waiting_.back().due);
  char buffer[64 * 1024];
  while (wants_bytes()) {
    auto count = ::recv(socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count < 0) {
      is_broken_ = errno != EAGAIN && errno != EINTR;
      return;
    }
    if (count == 0) {
      has_ended_ = true;
      end_due_ = due;
      return;
    }
    waiting_.push_back({due, std::string(buffer, static_cast<std::size_t>(count))});
    size_ += static_cast<std::size_t>(count);
  }
}

void relay_pipe::write(int socket, time_point now) {
  while (!waiting_.empty() && waiting_.front().due <= now) {
    std::string& bytes = waiting_.front().bytes;
    auto count = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0) {
      is_broken_ = errno != EAGAIN && errno != EINTR;
      return;
    }
    size_ -= static_cast<std::size_t>(count);
    bytes.erase(0, static_cast<std::size_t>(count));
    if (!bytes.empty())
      return;
    waiting_.pop_front();
  }
  if (waiting_.empty() && has_ended_ && !is_end_written_ && end_due_ <= now) {
    ::shutdown(socket, SHUT_WR);
    is_end_written_ = true;
  }
}

} // namespace weir::scenario
