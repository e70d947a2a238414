#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One part of a multipart/form-data body. The views point into the body.
struct form_part {
  std::string name;
  std::string file_name; ///< empty: a plain field
  std::string_view content;
};

/// Splits a body of the given Content-Type. Fails with invalid_argument on anything but well-formed
/// multipart/form-data.
result<std::vector<form_part>> parse_multipart(std::string_view content_type, std::string_view body);

} // namespace weir
