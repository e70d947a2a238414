#pragma once

#include "conditions.hpp"
#include "script_lines.hpp"
#include "template_text.hpp"

#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::scenario {

/// Takes the words of a line one by one. After the first mistake every call returns something empty and the
/// mistake stays, so that a rule of the grammar reads like the rule.
class word_reader {
public:
  /// `known`: the variables that have a value on this line.
  word_reader(std::span<const script_word> words, const std::set<std::string>& known)
      : words_{words}, known_{known} {}

  [[nodiscard]] bool at_end() const { return failure_ || at_ == words_.size(); }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

  /// Takes the next word if it is this one.
  bool accept(std::string_view keyword);
  void expect(std::string_view keyword);
  /// Takes one of these words.
  std::string one_of(std::initializer_list<std::string_view> keywords);
  /// Nothing may follow.
  void expect_end();

  /// Any word; `what` says what is expected: "a path".
  template_text text(std::string_view what);
  /// A whole number, or variables.
  template_text number(std::string_view what);
  /// All words up to `keyword` or the end.
  std::vector<template_text> texts_until(std::string_view keyword);
  /// All words that are left, with one blank between two. At least one.
  template_text rest(std::string_view what);
  /// The first word of a statement.
  std::string verb();
  /// A name that a variable may have.
  std::string variable();
  /// A configuration key.
  std::string key();
  time_span span();
  /// "master" or "worker N".
  node_name node();

  void fail(std::string sentence);
  /// "expected …, found …" at the next word.
  void fail_expected(std::string_view what);

private:
  template_text parsed(std::string_view written);
  std::string name(std::string_view what, std::string_view signs);

  std::span<const script_word> words_;
  const std::set<std::string>& known_;
  std::size_t at_ = 0;
  std::optional<std::string> failure_;
};

} // namespace weir::scenario
