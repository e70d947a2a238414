#pragma once

#include <weir/detail/operator.hpp>

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>

namespace weir {

/// Times from `start` on and before `end`, in milliseconds since 1970.
struct window {
  std::int64_t start = 0;
  std::int64_t end = 0;

  /// The last time in it; what it gives has this event time.
  [[nodiscard]] std::int64_t last_time() const { return end - 1; }

  auto operator<=>(const window&) const = default;
};

/// The one that all times are in: see weir::global().
inline constexpr window global_window{detail::min_event_time, detail::max_event_time};

namespace detail {

/// Calls `f.process(key, window, content, out)`, or f itself.
template <class F, class K, class Content, class Out>
[[gnu::always_inline]] inline void call_window(F& f, const K& key, const window& of, Content&& content,
                                               Out& out) {
  if constexpr (requires { f.process(key, of, content, out); })
    f.process(key, of, content, out);
  else {
    static_assert(
        std::invocable<F&, const K&, const window&, Content, Out&>,
        "a function of a window takes (const Key&, const weir::window&, content, out): content is what "
        "the aggregate gives, or after process a const std::vector of the records");
    std::invoke(f, key, of, content, out);
  }
}

} // namespace detail
} // namespace weir
