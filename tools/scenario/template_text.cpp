#include "template_text.hpp"

#include <algorithm>

namespace weir::scenario {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

} // namespace

result<template_text> template_text::parse(std::string_view written) {
  template_text made;
  made.written_ = written;
  for (std::size_t at = 0; at < written.size();) {
    std::size_t dollar = std::min(written.find('$', at), written.size());
    made.add_literal(written.substr(at, dollar - at));
    if (dollar == written.size())
      break;
    at = dollar + 1;
    if (at < written.size() && written[at] == '$') {
      made.add_literal("$");
      ++at;
      continue;
    }
    bool is_braced = at < written.size() && written[at] == '{';
    std::size_t begin = at + (is_braced ? 1 : 0), end = begin;
    while (end < written.size() && is_name_character(written[end]))
      ++end;
    if (end == begin || (is_braced && (end == written.size() || written[end] != '}')))
      return error{errc::invalid_argument,
                   "'" + made.written_ + "': after $ stands the name of a variable; $$ is a dollar"};
    made.pieces_.push_back({std::string{written.substr(begin, end - begin)}, true});
    at = end + (is_braced ? 1 : 0);
  }
  return made;
}

void template_text::add_literal(std::string_view text) {
  if (text.empty())
    return;
  if (pieces_.empty() || pieces_.back().is_variable)
    pieces_.push_back({});
  pieces_.back().text += text;
}

bool template_text::is_literal() const {
  return std::ranges::none_of(pieces_, &piece::is_variable);
}

std::vector<std::string> template_text::variables() const {
  std::vector<std::string> names;
  for (const piece& each : pieces_)
    if (each.is_variable)
      names.push_back(each.text);
  return names;
}

result<std::string> template_text::expand(const variable_lookup& lookup) const {
  std::string whole;
  for (const piece& each : pieces_) {
    if (!each.is_variable) {
      whole += each.text;
      continue;
    }
    auto value = lookup(each.text);
    if (!value)
      return value.failure();
    whole += *value;
  }
  return whole;
}

} // namespace weir::scenario
