#include "json_fields.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace weir::tools {

using nlohmann::json;

namespace {

const json* find(const json& object, const char* field) {
  if (!object.is_object())
    return nullptr;
  auto found = object.find(field);
  return found == object.end() ? nullptr : &*found;
}

} // namespace

std::string text_of(const json& object, const char* field) {
  const json* found = find(object, field);
  return found && found->is_string() ? found->get<std::string>() : "";
}

std::int64_t number_of(const json& object, const char* field) {
  const json* found = find(object, field);
  if (!found || !found->is_number())
    return 0;
  if (!found->is_number_float())
    return found->get<std::int64_t>();
  auto value = found->get<double>();
  // Beyond this a conversion is undefined.
  return std::abs(value) < 9e18 ? static_cast<std::int64_t>(value) : 0;
}

std::uint64_t count_of(const json& object, const char* field) {
  std::int64_t number = number_of(object, field);
  return number < 0 ? 0 : static_cast<std::uint64_t>(number);
}

bool flag_of(const json& object, const char* field) {
  const json* found = find(object, field);
  return found && found->is_boolean() && found->get<bool>();
}

const json& list_of(const json& object, const char* field) {
  static const json nothing = json::array();
  const json* found = find(object, field);
  return found && found->is_array() ? *found : nothing;
}

const json& object_of(const json& object, const char* field) {
  static const json nothing = json::object();
  const json* found = find(object, field);
  return found && found->is_object() ? *found : nothing;
}

} // namespace weir::tools
