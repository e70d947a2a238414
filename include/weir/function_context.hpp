#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/state/keyed_states.hpp>
#include <weir/metrics.hpp>
#include <weir/operator_state.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace weir {

/// What a function object of the user is told in `open(weir::function_context& context)`, before its first
/// record. Lives as long as the function object.
class function_context {
public:
  /// For the engine.
  explicit function_context(detail::operator_context& of) : of_{of} {}
  function_context(const function_context&) = delete;
  function_context& operator=(const function_context&) = delete;

  /// 0 to parallelism() - 1.
  [[nodiscard]] std::uint32_t subtask() const { return of_.subtask(); }
  [[nodiscard]] std::uint32_t parallelism() const { return of_.parallelism(); }
  /// The number of key groups.
  [[nodiscard]] std::uint32_t max_parallelism() const { return of_.max_parallelism(); }
  /// Of the operator.
  [[nodiscard]] const std::string& name() const { return of_.name(); }
  /// 32 hexadecimal digits.
  [[nodiscard]] const std::string& job() const { return of_.job(); }
  /// Grows with each attempt to run this subtask.
  [[nodiscard]] std::uint64_t attempt() const { return of_.attempt(); }

  /// Processing time: milliseconds since 1970.
  [[nodiscard]] std::int64_t processing_time() { return of_.wall_ms(); }
  /// True once the task is to stop: a loop that takes long asks it, and returns.
  [[nodiscard]] bool canceled() const { return of_.canceled(); }

  /// Results: merged over all subtasks and shown when the job ends.
  [[nodiscard]] accumulator_group accumulators() { return accumulator_group{of_.metrics()}; }
  /// Measurements of this subtask.
  [[nodiscard]] metric_group metrics() { return metric_group{of_.metrics(), asked_}; }

  /// A list of this subtask: see operator_state.hpp. When the job goes on at another parallelism, what all
  /// subtasks had is split evenly over those there are then. Throws std::invalid_argument for a second state
  /// of that name, and for one that a snapshot has with another type.
  template <class T>
  [[nodiscard]] operator_list<T> operator_state(const list_descriptor<T>& descriptor) {
    return open_list(detail::state_kind::operator_list, descriptor);
  }
  /// The same, but each subtask gets what all of them had, also at the same parallelism.
  template <class T>
  [[nodiscard]] operator_list<T> union_state(const list_descriptor<T>& descriptor) {
    return open_list(detail::state_kind::operator_union_list, descriptor);
  }

  template <class Descriptor>
  typename Descriptor::handle state(const Descriptor&) {
    static_assert(!std::is_same_v<Descriptor, Descriptor>,
                  "keyed state depends on the type of the key: write open(auto& context), or name the key as "
                  "in open(weir::keyed_function_context<std::string>& context); the stream must come from "
                  "key_by. A list without a key is opened by operator_state");
    return {};
  }

private:
  template <class T>
  operator_list<T> open_list(detail::state_kind kind, const list_descriptor<T>& descriptor) {
    auto elements = detail::open_operator_list(of_.states(), kind, descriptor);
    lists_.push_back(elements);
    return operator_list<T>{std::move(elements)};
  }

  detail::operator_context& of_;
  metric_group::asked asked_;
  std::vector<std::shared_ptr<void>> lists_; ///< for snapshots, also when the function has let go of them
};

/// The same for a function on a stream that is keyed by values of type `Key`: it may keep state per key.
template <class Key>
class keyed_function_context : public function_context {
public:
  /// For the engine.
  keyed_function_context(detail::operator_context& of, detail::keyed_states<Key>& states)
      : function_context{of}, states_{states} {}

  /// Makes a state known: see state.hpp. Throws std::invalid_argument for a second one of that name, and for
  /// one that a snapshot has with another type.
  template <class Descriptor>
  [[nodiscard]] typename Descriptor::handle state(const Descriptor& descriptor) {
    return states_.make(descriptor);
  }

private:
  detail::keyed_states<Key>& states_;
};

namespace detail {

/// Calls what the function object has of `open`.
template <class F, class Context>
void open_function(F& function, Context& context) {
  if constexpr (requires { function.open(context); })
    function.open(context);
  else
    static_assert(
        !requires { &F::open; }, "open takes a weir::function_context&, or on a keyed stream a "
                                 "weir::keyed_function_context<Key>& with the type of the key");
}

/// The last call, also after a failure. What it throws comes too late for anybody to act on.
template <class F>
void close_function(F& function) noexcept {
  if constexpr (requires { function.close(); }) {
    try {
      function.close();
    } catch (...) {
    }
  }
}

} // namespace detail
} // namespace weir
