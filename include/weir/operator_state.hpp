#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/state_element.hpp>
#include <weir/detail/type_name.hpp>
#include <weir/state.hpp>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Operator state: a list that belongs to a subtask and not to a key, as what a sink has gathered or how far
/// a reader has come. In memory with both backends; a snapshot takes it as it is then.
///
///     weir::operator_list<line> gathered;
///     void open(weir::function_context& context) {
///       gathered = context.operator_state(weir::list<line>("gathered"));
///     }
///
/// A handle, cheap to copy. What the list holds owns its bytes: std::string, not weir::text.
template <class T>
class operator_list {
public:
  operator_list() = default;
  /// For the engine.
  explicit operator_list(std::shared_ptr<std::vector<T>> elements) : elements_{std::move(elements)} {}

  [[nodiscard]] const std::vector<T>& get() const { return elements(); }
  [[nodiscard]] std::size_t size() const { return elements().size(); }
  [[nodiscard]] bool empty() const { return elements().empty(); }

  void add(T element) const { elements().push_back(std::move(element)); }
  void set(std::vector<T> all) const { elements() = std::move(all); }
  void clear() const { elements().clear(); }

private:
  [[nodiscard]] std::vector<T>& elements() const {
    if (!elements_) [[unlikely]]
      throw std::logic_error{"a state is used before it was opened: assign "
                             "context.operator_state(descriptor) to it in open()"};
    return *elements_;
  }

  std::shared_ptr<std::vector<T>> elements_;
};

namespace detail {

/// Makes a list known as a state of the operator, with what the snapshot gives this subtask.
template <class T>
std::shared_ptr<std::vector<T>> open_operator_list(operator_states& states, state_kind kind,
                                                   const list_descriptor<T>& descriptor) {
  if (descriptor.expires() != expiry{})
    throw std::invalid_argument{"operator state '" + descriptor.name() +
                                "' cannot expire: only entries of keys do"};
  auto elements = std::make_shared<std::vector<T>>();
  auto collect = [](void* of, std::vector<std::string>& to) {
    for (const T& element : *static_cast<std::vector<T>*>(of))
      append_element(to.emplace_back(), element);
  };
  state_type type{descriptor.name(), kind, {}, {}, type_name<T>(), {}};
  for (const std::string& bytes : states.add_elements(type, elements.get(), collect))
    if (std::string fault = read_element(bytes, elements->emplace_back()); !fault.empty())
      throw state_error{"the snapshot of operator state '" + descriptor.name() +
                        "' cannot be read: " + fault};
  return elements;
}

} // namespace detail
} // namespace weir
