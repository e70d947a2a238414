#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>

/// What the handles of weir/state.hpp work through: one object per state, one virtual call per access. The
/// cell knows the operator's current key; it throws std::logic_error when there is none.
namespace weir::detail {

/// A reference to a function, for calls that do not keep it.
template <class Signature>
class function_ref;

template <class Result, class... Args>
class function_ref<Result(Args...)> {
public:
  template <class F>
  requires(!std::same_as<std::remove_cvref_t<F>, function_ref>) function_ref(F&& f)
      : function_{const_cast<void*>(static_cast<const void*>(std::addressof(f)))},
        call_{[](void* function, Args... args) -> Result {
          return std::invoke(*static_cast<std::remove_reference_t<F>*>(function),
                             std::forward<Args>(args)...);
        }} {}

  Result operator()(Args... args) const { return call_(function_, std::forward<Args>(args)...); }

private:
  void* function_;
  Result (*call_)(void*, Args...);
};

template <class T>
class value_cell {
public:
  virtual ~value_cell() = default;

  /// nullptr when the key has none. Valid until the next call for any key.
  virtual const T* find() = 0;
  /// The key's value, to be changed until the next call for any key; T{} when it had none.
  virtual T& make() = 0;
  virtual void set(T&& value) = 0;
  /// What reducing does.
  virtual void add(const T& value) = 0;
  virtual void erase() = 0;
};

template <class T>
class list_cell {
public:
  virtual ~list_cell() = default;
  virtual void append(T&& element) = 0;
  /// In order, until `f` returns false.
  virtual void visit(function_ref<bool(const T&)> f) = 0;
  [[nodiscard]] virtual std::uint64_t size() = 0;
  virtual void erase() = 0;
};

template <class K, class V>
class map_cell {
public:
  virtual ~map_cell() = default;
  /// As in value_cell.
  virtual const V* find(const K& key) = 0;
  virtual V& make(const K& key) = 0;
  virtual void set(const K& key, V&& value) = 0;
  /// False when it was not there.
  virtual bool erase(const K& key) = 0;
  /// In no particular order, until `f` returns false. `f` does not change the map.
  virtual void visit(function_ref<bool(const K&, const V&)> f) = 0;
  [[nodiscard]] virtual bool empty() = 0;
  virtual void erase_all() = 0;
};

template <class In, class Out>
class aggregate_cell {
public:
  virtual ~aggregate_cell() = default;
  virtual void add(const In& value) = 0;
  /// Calls `f` with the result, unless nothing was added.
  virtual void result(function_ref<void(Out&&)> f) = 0;
  virtual void erase() = 0;
};

} // namespace weir::detail
