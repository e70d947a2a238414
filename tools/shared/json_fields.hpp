#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>

/// Reads fields of answers that may come from another version: what is missing or has another type reads as
/// empty.
namespace weir::tools {

std::string text_of(const nlohmann::json& object, const char* field);
std::int64_t number_of(const nlohmann::json& object, const char* field);
/// The same, with zero for negative numbers.
std::uint64_t count_of(const nlohmann::json& object, const char* field);
bool flag_of(const nlohmann::json& object, const char* field);
const nlohmann::json& list_of(const nlohmann::json& object, const char* field);
const nlohmann::json& object_of(const nlohmann::json& object, const char* field);

} // namespace weir::tools
