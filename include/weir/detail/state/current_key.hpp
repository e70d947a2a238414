#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace weir::detail {

/// The key that the states of an operator are about at the moment.
template <class K>
class current_key {
public:
  /// `key` lives until the next call of this.
  void select(const K& key, std::uint64_t hash) {
    key_ = &key;
    hash_ = hash;
  }
  void deselect() { key_ = nullptr; }

  /// Throws std::logic_error when there is none; `state` is its name.
  [[nodiscard, gnu::always_inline]] const K& get(const std::string& state) const {
    if (!key_) [[unlikely]]
      fail(state);
    return *key_;
  }
  /// While one is selected.
  [[nodiscard]] const K& key() const { return *key_; }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }

private:
  [[noreturn, gnu::noinline]] static void fail(const std::string& state) {
    throw std::logic_error{
        "state '" + state +
        "' is used while no record and no timer is being worked on: there is no current key"};
  }

  const K* key_ = nullptr;
  std::uint64_t hash_ = 0;
};

} // namespace weir::detail
