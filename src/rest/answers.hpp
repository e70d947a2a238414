#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "rest/http_message.hpp"
#include "rest/rest_router.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace weir {

/// Bytes that are not UTF-8 become U+FFFD.
std::string json_text(const nlohmann::json& value);

http_response json_answer(const nlohmann::json& body, int status = 200);

/// {"errors":[text]}
http_response error_answer(int status, std::string_view text);

/// The status follows from the error's category.
http_response error_answer(const error& failure);

/// The request's body; an empty one is {}. Fails unless it is a JSON object.
result<nlohmann::json> json_body(const http_request& request);

/// The path parameter `name` as an id of 32 hexadecimal digits.
result<random_id> path_id(const rest_call& call, const std::string& name);

std::string to_base64(std::string_view bytes);
result<std::string> from_base64(std::string_view text);

} // namespace weir
