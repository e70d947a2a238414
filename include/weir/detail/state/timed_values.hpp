#pragma once

#include <weir/detail/arena.hpp>
#include <weir/detail/bytes.hpp>
#include <weir/detail/state_value.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace weir::detail {

/// Has an entry's time come? 0 stands for a time that never comes.
inline bool has_passed(std::int64_t time, std::int64_t now) {
  return time != 0 && time <= now;
}

/// Values as stores and snapshots have them: with the time, 8 bytes, in front where the state expires.
class timed_values {
public:
  explicit timed_values(bool expires) : expires_{expires} {}

  [[nodiscard]] bool expires() const { return expires_; }

  template <class Value>
  void write(const Value& value, std::int64_t time, std::vector<char>& to) const {
    std::size_t start = expires_ ? 8 : 0;
    to.resize(start + encoded_bound(value));
    if (expires_)
      std::memcpy(to.data(), &time, 8);
    to.resize(static_cast<std::size_t>(write_value(to.data() + start, value) - to.data()));
  }

  /// Returns what is wrong with the bytes; nullptr: nothing.
  template <class Value>
  const char* read(std::string_view bytes, Value& to, std::int64_t& time, arena& texts) const {
    time = 0;
    if (expires_) {
      if (bytes.size() < 8)
        return "it ends within the time an entry expires at";
      time = static_cast<std::int64_t>(load_8(bytes.data()));
      bytes.remove_prefix(8);
    }
    return read_state_value(bytes, to, texts);
  }

private:
  bool expires_;
};

} // namespace weir::detail
