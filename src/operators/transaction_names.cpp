#include <weir/detail/transaction_names.hpp>

#include <weir/detail/codec.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_element.hpp>

#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

namespace weir::detail {

namespace {

/// Takes a number from the beginning of the text. False: there is none.
bool take_number(std::string_view& text, std::uint64_t& number) {
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return wrong == std::errc{};
}

} // namespace

void transaction_names::open(operator_context& context) {
  last_ = {context.subtask(), context.attempt(), 0};
  prefix_ = context.job() + '-' + context.id() + '-' + std::to_string(last_.subtask) + '-';
  state_type type{"weir: named", state_kind::operator_union_list, {}, {}, "transaction", {}};
  for (const std::string& bytes : context.states().add_elements(type, this, &collect)) {
    position each;
    if (std::string fault = read_element(bytes, each); !fault.empty())
      throw state_error{"the snapshot of a sink's transactions cannot be read: " + fault};
    if (each.subtask == last_.subtask)
      last_of_snapshot_ = each;
  }
}

std::string transaction_names::next() {
  return prefix_ + std::to_string(last_.attempt) + '-' + std::to_string(++last_.number);
}

std::string transaction_names::find_later(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    std::string_view rest = name;
    std::uint64_t attempt = 0;
    std::uint64_t number = 0;
    if (!rest.starts_with(prefix_))
      continue;
    rest.remove_prefix(prefix_.size());
    if (!take_number(rest, attempt) || !rest.starts_with('-'))
      continue;
    rest.remove_prefix(1);
    if (take_number(rest, number) && rest.empty() &&
        std::pair{attempt, number} > std::pair{last_of_snapshot_.attempt, last_of_snapshot_.number})
      return name;
  }
  return {};
}

void transaction_names::collect(void* of, std::vector<std::string>& to) {
  append_element(to.emplace_back(), static_cast<transaction_names*>(of)->last_);
}

} // namespace weir::detail
