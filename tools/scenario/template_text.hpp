#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::scenario {

/// What a variable stands for; an error says why it stands for nothing.
using variable_lookup = std::function<result<std::string>(const std::string& name)>;

/// Text of a script in which `$name` or `${name}` stands for a variable and `$$` for a dollar.
class template_text {
public:
  template_text() = default;

  /// Fails when a dollar is followed by none of the three.
  static result<template_text> parse(std::string_view written);

  [[nodiscard]] bool is_literal() const;
  /// The variables in it, in order.
  [[nodiscard]] std::vector<std::string> variables() const;
  [[nodiscard]] result<std::string> expand(const variable_lookup& lookup) const;
  /// As it was written.
  [[nodiscard]] const std::string& written() const { return written_; }

private:
  struct piece {
    std::string text;
    bool is_variable = false;
  };

  void add_literal(std::string_view text);

  std::string written_;
  std::vector<piece> pieces_;
};

} // namespace weir::scenario
