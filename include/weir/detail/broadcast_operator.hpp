#pragma once

#include <weir/detail/broadcast_states.hpp>
#include <weir/detail/function_operator.hpp>

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

namespace weir {

/// What a function may ask while it works on a record of the other stream: broadcast state, to be read.
/// `Base` is record_context or keyed_context<Key>.
template <class Base, class States>
class broadcast_reading_context : public Base {
public:
  /// For the engine.
  template <class... Args>
  broadcast_reading_context(detail::context_state& state, Args&&... args)
      : Base{state, std::forward<Args>(args)...} {}
  void use(States& states) { states_ = &states; }

  /// A weir::broadcast_value or weir::broadcast_map.
  template <class Descriptor>
  [[nodiscard]] const auto& broadcast(const Descriptor& descriptor) const {
    return states_->get(descriptor);
  }

private:
  States* states_ = nullptr;
};

/// What it may ask while it works on a record of the broadcast stream: broadcast state, to be changed.
template <class States>
class broadcast_changing_context : public record_context {
public:
  /// For the engine.
  broadcast_changing_context(detail::context_state& state, States& states)
      : record_context{state}, states_{states} {}

  /// A weir::broadcast_value or weir::broadcast_map.
  template <class Descriptor>
  [[nodiscard]] auto& broadcast(const Descriptor& descriptor) const {
    return states_.get(descriptor);
  }

private:
  States& states_;
};

namespace detail {

/// A function object of a stream and a broadcast one: process_broadcast(rule, context, out), and for the
/// records of the other stream process_keyed, or process_record where it has no keys.
template <class F, class Record, class Context, class Out>
concept processes_keyed = requires(F& f, Record& record, Context& context, Out& out) {
  f.process_keyed(record, context, out);
};
template <class F, class Record, class Context, class Out>
concept processes_record = requires(F& f, Record& record, Context& context, Out& out) {
  f.process_record(record, context, out);
};
template <class F, class Rule, class Context, class Out>
concept processes_broadcast = requires(F& f, Rule& rule, Context& context, Out& out) {
  f.process_broadcast(rule, context, out);
};

/// Runs such a function object: see broadcast_stream. Input 1 is the broadcast stream. `Other` reads the
/// key of input 0's records, and is anything where they have none.
template <class In, class Rule, class Out, class F, class Part, class Other, class... Descriptors>
class broadcast_operator final : public function_operator<F, Out, Part> {
public:
  broadcast_operator(F function, Other other, const std::tuple<Descriptors...>& descriptors)
      : function_operator<F, Out, Part>{std::move(function)},
        other_{std::move(other)},
        states_{descriptors} {}

  void process(std::uint32_t input, batch_ptr& records) override {
    if (input == 1)
      this->template each<Rule>(
          records, [this](Rule& rule) { this->function_.process_broadcast(rule, *changing_, this->out_); });
    else if constexpr (Part::keyed)
      this->template each<In>(records, other_, [this](In& record) {
        this->function_.process_keyed(record, this->part_->context, this->out_);
      });
    else
      this->template each<In>(records, [this](In& record) {
        this->function_.process_record(record, this->part_->context, this->out_);
      });
  }

private:
  using states = broadcast_states<Descriptors...>;

  void before_open(operator_context& context) override {
    states_.open(context.states());
    this->part_->context.use(states_);
    changing_.emplace(this->state_, states_);
  }

  [[no_unique_address]] Other other_; ///< reads the key, where there is one
  states states_;
  std::optional<broadcast_changing_context<states>> changing_;
};

} // namespace detail
} // namespace weir
