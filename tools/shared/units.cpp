#include "units.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace weir::tools {
namespace {

/// One decimal below a hundred, unless it is a zero.
std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, value < 99.95 ? "%.1f" : "%.0f", value);
  std::string number{text};
  return number.ends_with(".0") ? number.substr(0, number.size() - 2) : number;
}

std::string two_units(std::int64_t whole, std::int64_t factor, const char* large, const char* small) {
  std::string text = std::to_string(whole / factor) + large;
  if (whole % factor != 0)
    text += " " + std::to_string(whole % factor) + small;
  return text;
}

} // namespace

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array units{" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 1023.5 would be shown as 1024 of the smaller unit.
  while (value >= 1023.5 && unit + 1 < units.size()) {
    value /= 1024;
    ++unit;
  }
  return short_number(value) + units[unit];
}

std::string duration_text(std::int64_t milliseconds) {
  if (milliseconds < 0)
    return "-";
  if (milliseconds < 1'000)
    return std::to_string(milliseconds) + " ms";
  if (milliseconds < 59'950)
    return short_number(static_cast<double>(milliseconds) / 1'000) + " s";
  std::int64_t seconds = (milliseconds + 500) / 1'000;
  if (seconds < 3'600)
    return two_units(seconds, 60, " min", " s");
  std::int64_t minutes = (seconds + 30) / 60;
  if (minutes < 24 * 60)
    return two_units(minutes, 60, " h", " min");
  return two_units((minutes + 30) / 60, 24, " d", " h");
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3)
    text.insert(at - 3, ",");
  return text;
}

std::string counted(std::uint64_t count, const std::string& noun) {
  return count_text(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string time_text(std::int64_t wall_ms) {
  if (wall_ms <= 0)
    return "-";
  std::time_t seconds = wall_ms / 1'000;
  std::tm local{};
  char text[64];
  if (!localtime_r(&seconds, &local) || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local) == 0)
    return "-";
  return text;
}

std::string percent_text(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0)
    return "-";
  double share = static_cast<double>(part) / static_cast<double>(whole);
  return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

} // namespace weir::tools
