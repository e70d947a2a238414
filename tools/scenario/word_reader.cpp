#include "word_reader.hpp"

#include <algorithm>
#include <utility>

namespace weir::scenario {

namespace {

std::string quoted(std::string_view text) {
  return "'" + std::string{text} + "'";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

} // namespace

void word_reader::fail(std::string sentence) {
  if (!failure_)
    failure_ = std::move(sentence);
}

void word_reader::fail_expected(std::string_view what) {
  fail("expected " + std::string{what} + ", found " +
       (at_end() ? "the end of the line" : quoted(words_[at_].text)));
}

bool word_reader::accept(std::string_view keyword) {
  if (at_end() || words_[at_].is_quoted || words_[at_].text != keyword)
    return false;
  ++at_;
  return true;
}

void word_reader::expect(std::string_view keyword) {
  if (!accept(keyword))
    fail_expected(quoted(keyword));
}

std::string word_reader::one_of(std::initializer_list<std::string_view> keywords) {
  std::string all;
  for (std::string_view keyword : keywords) {
    if (accept(keyword))
      return std::string{keyword};
    all += (all.empty() ? "" : ", ") + quoted(keyword);
  }
  fail_expected(all);
  return {};
}

void word_reader::expect_end() {
  if (!at_end())
    fail_expected("the end of the line");
}

template_text word_reader::parsed(std::string_view written) {
  auto read = template_text::parse(written);
  if (!read) {
    fail(read.failure().message());
    return {};
  }
  for (const std::string& name : read->variables())
    if (!known_.contains(name))
      fail("there is no variable $" + name + " here; 'let " + name + " = ...' gives it a value");
  return *read;
}

template_text word_reader::text(std::string_view what) {
  if (at_end()) {
    fail_expected(what);
    return {};
  }
  return parsed(words_[at_++].text);
}

template_text word_reader::number(std::string_view what) {
  if (at_end()) {
    fail_expected(what);
    return {};
  }
  auto read = parsed(words_[at_].text);
  bool is_number = !read.written().empty() && std::ranges::all_of(read.written(), is_digit);
  if (read.is_literal() && !is_number) {
    fail_expected(what);
    return {};
  }
  ++at_;
  return read;
}

std::vector<template_text> word_reader::texts_until(std::string_view keyword) {
  std::vector<template_text> texts;
  while (!at_end() && (words_[at_].is_quoted || words_[at_].text != keyword))
    texts.push_back(text("a word"));
  return texts;
}

template_text word_reader::rest(std::string_view what) {
  if (at_end())
    fail_expected(what);
  std::string whole;
  while (!at_end())
    whole += (whole.empty() ? "" : " ") + words_[at_++].text;
  return parsed(whole);
}

std::string word_reader::name(std::string_view what, std::string_view signs) {
  auto is_part = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) ||
           signs.find(c) != std::string_view::npos;
  };
  if (at_end() || words_[at_].is_quoted || !std::ranges::all_of(words_[at_].text, is_part)) {
    fail_expected(what);
    return {};
  }
  return words_[at_++].text;
}

std::string word_reader::verb() {
  return name("a statement", "");
}

std::string word_reader::variable() {
  return name("the name of a variable", "_");
}

std::string word_reader::key() {
  return name("a configuration key", "._-");
}

time_span word_reader::span() {
  time_span read{number("a time such as '10 s'"), 1};
  std::string unit = one_of({"ms", "s", "min"});
  read.unit_ms = unit == "min" ? 60'000 : unit == "s" ? 1'000 : 1;
  return read;
}

node_name word_reader::node() {
  if (accept("master"))
    return {true, {}};
  if (accept("worker"))
    return {false, number("the number of a worker")};
  fail_expected("'master' or 'worker'");
  return {};
}

} // namespace weir::scenario
