#include "connectors/text_sinks/output_folder.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace weir {

namespace {

constexpr std::string_view part_prefix = "part-";
constexpr std::string_view job_prefix = ".job-";
constexpr std::string_view pending_prefix = ".pending-";
constexpr std::string_view fenced_prefix = ".fenced-";

template <class Number>
bool read_number(std::string_view text, Number& to) {
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), to);
  return wrong == std::errc{} && end == text.data() + text.size();
}

std::string folder_name(std::string_view prefix, const part_writer& of) {
  return std::string{prefix} + of.job + '-' + std::to_string(of.subtask) + '-' + std::to_string(of.attempt);
}

/// What the names of its parts begin with.
std::string of_subtask(std::uint32_t subtask) {
  return std::string{part_prefix} + std::to_string(subtask) + '-';
}

/// The reverse of folder_name; a job's id may have any form.
std::optional<part_writer> read_writer(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix))
    return {};
  name.remove_prefix(prefix.size());
  part_writer writer;
  auto attempt = name.rfind('-');
  auto subtask = attempt == 0 || attempt == std::string_view::npos ? attempt : name.rfind('-', attempt - 1);
  if (subtask == std::string_view::npos || subtask == 0 ||
      !read_number(name.substr(attempt + 1), writer.attempt) ||
      !read_number(name.substr(subtask + 1, attempt - subtask - 1), writer.subtask))
    return {};
  writer.job = name.substr(0, subtask);
  return writer;
}

} // namespace

std::string output_folder::part(std::uint32_t subtask, std::uint64_t number) const {
  return path_ + '/' + of_subtask(subtask) + std::to_string(number);
}

std::string output_folder::pending(const part_writer& of) const {
  return path_ + '/' + folder_name(pending_prefix, of);
}

std::string output_folder::fenced(const part_writer& of) const {
  return path_ + '/' + folder_name(fenced_prefix, of);
}

std::string output_folder::part_inside(const std::string& folder, std::uint32_t subtask,
                                       std::uint64_t number) {
  return folder + "/." + of_subtask(subtask) + std::to_string(number);
}

result<void> output_folder::make(bool parts_are_own) {
  if (auto made = files_.create_durable_folders(path_); !made)
    return made;
  if (parts_are_own)
    return {};
  auto entries = files_.list(path_);
  if (!entries)
    return entries.failure();
  for (const file_info& entry : *entries)
    if (name_of(entry.path).starts_with(part_prefix))
      return error{errc::already_exists, "the output folder " + path_ +
                                             " holds results already: remove its part files or choose "
                                             "another folder"};
  return {};
}

result<void> output_folder::make_marked(const std::string& job, bool parts_are_own) {
  std::string marker = path_ + '/' + std::string{job_prefix} + job;
  bool is_marked = bool{files_.info(marker)};
  if (auto made = make(parts_are_own || is_marked); !made || is_marked)
    return made;
  auto created = files_.create(marker, true);
  if (!created && created.failure().code() != errc::already_exists)
    return created.failure();
  return {};
}

result<bool> output_folder::is_shared(const std::vector<std::string>& mine) {
  auto entries = files_.list(path_);
  if (!entries)
    return entries.failure();
  return std::ranges::any_of(*entries, [&](const file_info& entry) {
    std::string_view name = name_of(entry.path);
    std::string job;
    if (name.starts_with(job_prefix))
      job = name.substr(job_prefix.size());
    else if (auto writer = read_writer(name, pending_prefix))
      job = writer->job;
    return !job.empty() && std::ranges::find(mine, job) == mine.end();
  });
}

result<std::optional<std::uint64_t>> output_folder::first_part(std::uint32_t subtask, std::uint64_t first) {
  return lowest_number(path_, of_subtask(subtask), first);
}

result<std::optional<std::uint64_t>>
output_folder::first_part_inside(const std::string& folder, std::uint32_t subtask, std::uint64_t first) {
  auto found = lowest_number(folder, '.' + of_subtask(subtask), first);
  if (!found && found.failure().code() == errc::not_found)
    return std::optional<std::uint64_t>{};
  return found;
}

result<std::optional<std::uint64_t>>
output_folder::lowest_number(const std::string& folder, const std::string& prefix, std::uint64_t first) {
  auto entries = files_.list(folder);
  if (!entries)
    return entries.failure();
  std::optional<std::uint64_t> lowest;
  for (const file_info& entry : *entries) {
    std::string_view name = name_of(entry.path);
    std::uint64_t number = 0;
    if (name.starts_with(prefix) && read_number(name.substr(prefix.size()), number) && number >= first)
      lowest = std::min(lowest.value_or(number), number);
  }
  return lowest;
}

result<output_folder::writers> output_folder::find_writers() {
  auto entries = files_.list(path_);
  if (!entries)
    return entries.failure();
  writers found;
  for (const file_info& entry : *entries) {
    std::string_view name = name_of(entry.path);
    if (auto writer = read_writer(name, pending_prefix))
      found.pending.push_back(std::move(*writer));
    else if (auto gone = read_writer(name, fenced_prefix))
      found.fenced.push_back(std::move(*gone));
  }
  return found;
}

} // namespace weir
