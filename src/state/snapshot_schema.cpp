#include "state/snapshot_schema.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace weir {

namespace {

/// The fields of "struct{i64,map<string,i64>}"; nothing when it is no struct.
std::optional<std::vector<std::string_view>> fields_of_struct(std::string_view name) {
  constexpr std::string_view front = "struct{";
  if (!name.starts_with(front) || !name.ends_with('}'))
    return std::nullopt;
  name = name.substr(front.size(), name.size() - front.size() - 1);
  std::vector<std::string_view> fields;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    char c = name[at];
    if (c == '{' || c == '<')
      ++depth;
    else if (c == '}' || c == '>')
      --depth;
    if (depth < 0) // what ends there is an inner part of another type: struct{…}[2]{…}
      return std::nullopt;
    if (c == ',' && depth == 0) {
      fields.push_back(name.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  if (!name.empty())
    fields.push_back(name.substr(begin));
  return fields;
}

std::string differs(const char* what, const std::string& stored, const std::string& wanted) {
  return std::string{"it has "} + what + " of type " + wanted + ", and was stored with " + what +
         " of type " + stored;
}

} // namespace

bool can_grow_into(std::string_view stored, std::string_view wanted) {
  if (stored == wanted)
    return true;
  auto before = fields_of_struct(stored), after = fields_of_struct(wanted);
  // A struct without fields is stored as a byte of its own, with which nothing else begins.
  if (!before || !after || before->empty() || before->size() > after->size())
    return false;
  std::size_t last = before->size() - 1;
  for (std::size_t i = 0; i < last; ++i)
    if ((*before)[i] != (*after)[i])
      return false;
  return can_grow_into((*before)[last], (*after)[last]);
}

std::string why_not_restorable(const detail::state_type& stored, const detail::state_type& wanted) {
  if (stored.kind != wanted.kind)
    return std::string{"it is "} + name_of(wanted.kind) + ", and was stored as " + name_of(stored.kind);
  if (stored.key != wanted.key)
    return differs("keys", stored.key, wanted.key);
  if (stored.user_key != wanted.user_key)
    return differs("user keys", stored.user_key, wanted.user_key);
  if (!can_grow_into(stored.value, wanted.value))
    return differs("values", stored.value, wanted.value);
  if ((stored.expires.after_ms != 0) != (wanted.expires.after_ms != 0))
    return wanted.expires.after_ms != 0 ? "its entries expire, and were stored as ones that do not"
                                        : "its entries do not expire, and were stored as ones that do";
  return {};
}

const char* name_of(detail::state_kind kind) {
  using detail::state_kind;
  switch (kind) {
  case state_kind::value:
    return "value state";
  case state_kind::list:
    return "list state";
  case state_kind::map:
    return "map state";
  case state_kind::reducing:
    return "reducing state";
  case state_kind::aggregating:
    return "aggregating state";
  case state_kind::event_timers:
    return "timers in event time";
  case state_kind::processing_timers:
    return "timers in processing time";
  case state_kind::window:
    return "state of windows";
  case state_kind::operator_list:
    return "an operator's list";
  case state_kind::operator_union_list:
    return "an operator's union list";
  case state_kind::broadcast:
    return "broadcast state";
  }
  return "state of another kind";
}

} // namespace weir
