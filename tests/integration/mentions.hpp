#pragma once

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace weir::testing {

/// Does a message for people name all of these? What is missing goes into the test's report.
inline bool mentions(const std::string& text, std::initializer_list<std::string_view> parts) {
  bool all = true;
  for (std::string_view part : parts) {
    if (text.find(part) == std::string::npos) {
      MESSAGE("'" << part << "' is not in: " << text);
      all = false;
    }
  }
  return all;
}

} // namespace weir::testing
