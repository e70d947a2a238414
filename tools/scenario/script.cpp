#include "script.hpp"

namespace weir::scenario {

namespace {

template <class Predicate>
bool any_of(const std::vector<statement>& statements, const Predicate& is_so) {
  bool found = false;
  visit(statements, [&](const statement& each) { found = found || is_so(each); });
  return found;
}

} // namespace

void visit(const std::vector<statement>& statements, const std::function<void(const statement&)>& look) {
  for (const statement& each : statements) {
    look(each);
    if (auto* repeated = std::get_if<repeat_block>(&each.what))
      visit(repeated->body, look);
    if (auto* repeated = std::get_if<repeat_for>(&each.what))
      visit(repeated->body, look);
    if (auto* chosen = std::get_if<choose_block>(&each.what))
      for (const auto& block : chosen->of)
        visit(block, look);
  }
}

bool breaks_disks(const std::vector<statement>& statements) {
  return any_of(statements,
                [](const statement& each) { return std::holds_alternative<break_disk>(each.what); });
}

bool breaks_files(const std::vector<statement>& statements) {
  return any_of(statements,
                [](const statement& each) { return std::holds_alternative<break_file>(each.what); });
}

bool looks_at_logs(const std::vector<statement>& statements) {
  return any_of(statements, [](const statement& each) {
    auto* waited = std::get_if<wait_for>(&each.what);
    auto* expected = std::get_if<expect_that>(&each.what);
    return (waited && std::holds_alternative<log_says>(waited->until)) ||
           (expected && std::holds_alternative<log_says>(expected->what));
  });
}

bool lets(const std::vector<statement>& statements, const std::string& variable) {
  return any_of(statements, [&](const statement& each) {
    auto* let = std::get_if<let_variable>(&each.what);
    return let && let->name == variable;
  });
}

} // namespace weir::scenario
