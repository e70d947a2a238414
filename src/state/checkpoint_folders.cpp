#include "state/checkpoint_folders.hpp"

#include <charconv>
#include <cstdio>

namespace weir {

namespace {

constexpr std::string_view folder_begin = "chk-";
constexpr std::string_view next_begin = ".next-";

/// Reads a number behind `begin` from the front of `text`, without zeros in front of it.
template <class T>
bool take_number(std::string_view& text, std::string_view begin, T& number) {
  if (!text.starts_with(begin))
    return false;
  text.remove_prefix(begin.size());
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  auto digits = static_cast<std::size_t>(end - text.data());
  if (failure != std::errc{} || (text.front() == '0' && digits > 1))
    return false;
  text.remove_prefix(digits);
  return true;
}

std::optional<checkpoint_id> numbered(std::string_view name, std::string_view begin) {
  checkpoint_id number = 0;
  if (!take_number(name, begin, number) || !name.empty() || number == 0)
    return std::nullopt;
  return number;
}

std::string hexadecimal(std::uint64_t number) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return digits;
}

} // namespace

checkpoint_folders::checkpoint_folders(std::string_view dir, const job_id& job) {
  while (dir.size() > 1 && dir.ends_with('/'))
    dir.remove_suffix(1);
  dir_ = dir;
  job_ = (dir_ == "/" ? "" : dir_) + "/" + to_string(job);
}

std::string checkpoint_folders::of(checkpoint_id checkpoint) const {
  return job_ + "/" + std::string{folder_begin} + std::to_string(checkpoint);
}

std::string checkpoint_folders::metadata(checkpoint_id checkpoint) const {
  return of(checkpoint) + "/" + std::string{checkpoint_metadata_name};
}

std::string checkpoint_folders::next(checkpoint_id checkpoint) const {
  return job_ + "/" + std::string{next_begin} + std::to_string(checkpoint);
}

std::optional<checkpoint_id> read_checkpoint_folder_name(std::string_view name) {
  return numbered(name, folder_begin);
}

std::optional<checkpoint_id> read_next_checkpoint_name(std::string_view name) {
  return numbered(name, next_begin);
}

std::string to_string(const snapshot_file_name& name) {
  return "v" + std::to_string(name.vertex) + "-s" + std::to_string(name.subtask) + "-e" +
         std::to_string(name.epoch.value) + "-" + std::to_string(name.attempt) + "-c" +
         std::to_string(name.checkpoint) + "-" + hexadecimal(name.random);
}

std::optional<snapshot_file_name> read_snapshot_file_name(std::string_view name) {
  snapshot_file_name read;
  std::string_view rest = name;
  if (!take_number(rest, "v", read.vertex) || !take_number(rest, "-s", read.subtask) ||
      !take_number(rest, "-e", read.epoch.value) || !take_number(rest, "-", read.attempt) ||
      !take_number(rest, "-c", read.checkpoint) || !rest.starts_with('-'))
    return std::nullopt;
  rest.remove_prefix(1);
  auto [end, failure] = std::from_chars(rest.data(), rest.data() + rest.size(), read.random, 16);
  if (failure != std::errc{} || end != rest.data() + rest.size() || hexadecimal(read.random) != rest)
    return std::nullopt;
  return read;
}

std::optional<snapshot_file_name> read_unfinished_snapshot_name(std::string_view name) {
  constexpr std::string_view end = ".tmp";
  if (!name.starts_with('.') || !name.ends_with(end) || name.size() < 1 + end.size())
    return std::nullopt;
  return read_snapshot_file_name(name.substr(1, name.size() - 1 - end.size()));
}

} // namespace weir
