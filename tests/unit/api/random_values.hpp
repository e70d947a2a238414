#pragma once

#include <weir/detail/type_kind.hpp>

#include <cstdint>
#include <limits>
#include <list>
#include <random>
#include <string>

/// Values of every kind of record, from a seed.
class random_values {
public:
  explicit random_values(std::uint64_t seed) : random_{seed} {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  /// Mostly short, with the lengths around which text and string change their form, and any bytes.
  std::string string() {
    static constexpr std::uint64_t lengths[] = {0, 1, 3, 4, 7, 8, 11, 12, 13, 15, 16, 17, 31, 127, 128, 300};
    std::string value(below(4) == 0 ? lengths[below(16)] : below(20), '\0');
    for (char& c : value)
      c = static_cast<char>(below(256));
    return value;
  }

  template <class T>
  T value() {
    T result{};
    fill(result);
    return result;
  }

  template <class T>
  void fill(T& value) {
    using namespace weir::detail;
    constexpr type_kind of = kind<T>;
    if constexpr (of == type_kind::boolean) {
      value = below(2) == 1;
    } else if constexpr (of == type_kind::number && std::is_floating_point_v<T>) {
      value = static_cast<T>(std::uniform_real_distribution<double>{-1e6, 1e6}(random_));
    } else if constexpr (of == type_kind::number) {
      value = static_cast<T>(below(5) == 0 ? std::uint64_t{std::numeric_limits<T>::max()} : random_());
    } else if constexpr (of == type_kind::enumeration) {
      value = static_cast<T>(below(2));
    } else if constexpr (of == type_kind::string) {
      value = string();
    } else if constexpr (of == type_kind::text) {
      value = strings_.emplace_back(string());
    } else if constexpr (of == type_kind::mapped) {
      value = weir::as_record<T>::from(this->value<typename weir::as_record<T>::type>());
    } else if constexpr (of == type_kind::tuple) {
      std::apply([&](auto&... fields) { (fill(fields), ...); }, value);
    } else if constexpr (of == type_kind::aggregate) {
      for_each_field(value, [&](auto& field) { fill(field); });
    } else if constexpr (of == type_kind::optional) {
      value.reset();
      if (below(3) != 0)
        fill(value.emplace());
    } else if constexpr (of == type_kind::vector) {
      value.clear();
      for (std::uint64_t i = below(6); i != 0; --i)
        value.push_back(this->value<element_t<T>>());
    } else if constexpr (of == type_kind::array) {
      for (auto& element : value)
        fill(element);
    } else if constexpr (of == type_kind::map) {
      for (std::uint64_t i = below(6); i != 0; --i)
        value.emplace(this->value<typename T::key_type>(), this->value<typename T::mapped_type>());
    } else {
      for (std::uint64_t i = below(6); i != 0; --i)
        value.insert(this->value<element_t<T>>());
    }
  }

private:
  std::mt19937_64 random_;
  std::list<std::string> strings_; // what long texts point to
};
