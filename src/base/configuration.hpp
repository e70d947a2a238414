#pragma once

#include "base/option.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir {

/// What was configured, over the defaults of `base/options.hpp`. All values are checked when they come in, so
/// reading one cannot fail.
class configuration {
public:
  /// All defaults.
  configuration() = default;

  /// Reads YAML with flat (`rest.port: 8081`) or nested keys, then `overrides` of the form "key=value", which
  /// win. `source` names the text in messages. A value of the wrong form and values that contradict each
  /// other are errors; an unknown key is a warning.
  static result<configuration> parse(std::string_view yaml, const std::string& source,
                                     std::span<const std::string> overrides = {});

  /// The same for a file; without a file when `path` is empty.
  static result<configuration> load(file_system& files, const std::string& path,
                                    std::span<const std::string> overrides = {});

  /// A sentence for each unknown key, with the nearest known one.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  template <class T>
  [[nodiscard]] T get(const option<T>& of) const {
    auto found = values_.find(of.key);
    return found == values_.end() ? of.default_value : *read_value(of, found->second);
  }

  /// Sets one value; `source` names its origin in messages. An unknown key is kept and adds a warning.
  result<void> set(const std::string& key, const std::string& value, const std::string& source = "");

  /// Requires that the value is within the option's limits.
  template <class T>
  void set(const option<T>& of, const std::type_identity_t<T>& value) {
    values_[of.key] = to_text(value);
  }

  /// What was set, by key: without the defaults.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> warnings_;
};

} // namespace weir
