#include "script.hpp"

#include <algorithm>

namespace weir::scenario {

namespace {

/// Is it so of a statement, or of one in its blocks?
template <class Predicate>
bool any_of(const std::vector<statement>& statements, const Predicate& is_so) {
  return std::ranges::any_of(statements, [&](const statement& each) {
    if (auto* repeated = std::get_if<repeat_block>(&each.what))
      return any_of(repeated->body, is_so);
    if (auto* repeated = std::get_if<repeat_for>(&each.what))
      return any_of(repeated->body, is_so);
    if (auto* chosen = std::get_if<choose_block>(&each.what))
      return std::ranges::any_of(chosen->of, [&](const auto& block) { return any_of(block, is_so); });
    return is_so(each);
  });
}

} // namespace

bool breaks_disks(const std::vector<statement>& statements) {
  return any_of(statements,
                [](const statement& each) { return std::holds_alternative<break_disk>(each.what); });
}

bool lets(const std::vector<statement>& statements, const std::string& variable) {
  return any_of(statements, [&](const statement& each) {
    auto* let = std::get_if<let_variable>(&each.what);
    return let && let->name == variable;
  });
}

} // namespace weir::scenario
