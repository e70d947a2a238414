#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir {

/// What a caller can do about an error; the text says what happened.
enum class errc : std::uint8_t {
  invalid_argument = 1, ///< the user's input is wrong: say so and refuse
  not_found,            ///< a file, job, port or name that does not exist
  already_exists,       ///< something that must be new is there already
  io_failed,            ///< the operating system refused; the text names the file or address
  corrupt,              ///< bytes that cannot be what they claim to be: drop them, name their source
  unavailable,          ///< a peer does not answer; retrying later may help
  timed_out,            ///< a limit passed; the text names its configuration key
  canceled,             ///< the user or the runtime asked for the end
  failed,               ///< user code or an invariant failed: fail the job
  fenced,               ///< another master leads: stop changing anything
  uncertain,            ///< a change to files may have happened or not: begin again from what is there
  irreversible,         ///< what would have to be undone shows already
};

/// An expected failure: a category, a sentence, and the sentences of its causes, outermost first.
class error {
public:
  error(errc code, std::string message) : code_{code}, message_{std::move(message)} {}

  [[nodiscard]] errc code() const { return code_; }

  /// The whole chain: "cannot start job: cannot read /x/y: permission denied".
  [[nodiscard]] const std::string& message() const { return message_; }

  /// The same failure seen from one level up: `context` is put in front of the chain.
  [[nodiscard]] error wrap(std::string_view context) const {
    return error{code_, std::string{context} + ": " + message_};
  }

private:
  errc code_;
  std::string message_;
};

/// A value or the reason why there is none.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  result(error failure) : state_{std::in_place_index<1>, std::move(failure)} {}

  explicit operator bool() const { return state_.index() == 0; }
  [[nodiscard]] bool has_value() const { return state_.index() == 0; }

  /// Requires a value.
  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &const_cast<result*>(this)->value(); }

  /// Requires an error.
  [[nodiscard]] const error& failure() const {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }

private:
  T& value() {
    assert(has_value());
    return *std::get_if<0>(&state_);
  }

  std::variant<T, error> state_;
};

/// Success without a value, or the reason for failure.
template <>
class [[nodiscard]] result<void> {
public:
  result() = default;
  result(error failure) : failure_{std::in_place_index<1>, std::move(failure)} {}

  explicit operator bool() const { return failure_.index() == 0; }
  [[nodiscard]] bool has_value() const { return failure_.index() == 0; }
  [[nodiscard]] const error& failure() const {
    assert(!has_value());
    return *std::get_if<1>(&failure_);
  }

private:
  std::variant<std::monostate, error> failure_;
};

} // namespace weir
