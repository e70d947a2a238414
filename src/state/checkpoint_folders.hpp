#pragma once

#include "base/ids.hpp"
#include "wire/checkpoint_messages.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// Where the files of a job's checkpoints are; docs/formats/checkpoint.md says who makes and removes them.
///
///     <dir>/<job id>/chk-7/_metadata   checkpoint 7 is complete
///                    chk-7/…           snapshot files that belong to it alone
///                    shared/…          snapshot files of which later checkpoints may need
///                    taskowned/        what tasks keep by themselves
///                    .next-8           no checkpoint of a lower id begins any more
///                    .epoch-3/         base/fenced_folder.hpp
class checkpoint_folders {
public:
  checkpoint_folders(std::string_view dir, const job_id& job);

  [[nodiscard]] const std::string& dir() const { return dir_; }
  [[nodiscard]] const std::string& job() const { return job_; }
  [[nodiscard]] std::string of(checkpoint_id checkpoint) const;
  [[nodiscard]] std::string metadata(checkpoint_id checkpoint) const;
  [[nodiscard]] std::string shared() const { return job_ + "/shared"; }
  [[nodiscard]] std::string task_owned() const { return job_ + "/taskowned"; }
  [[nodiscard]] std::string next(checkpoint_id checkpoint) const;

private:
  std::string dir_;
  std::string job_;
};

inline constexpr std::string_view checkpoint_metadata_name = "_metadata";

/// The id in "chk-7" or ".next-7"; nothing for a name of another form, such as "chk-07".
std::optional<checkpoint_id> read_checkpoint_folder_name(std::string_view name);
std::optional<checkpoint_id> read_next_checkpoint_name(std::string_view name);

/// Who wrote a snapshot file, and for which checkpoint. The random part makes sure that no file is ever
/// written over another one, whatever else repeats.
struct snapshot_file_name {
  std::uint32_t vertex = 0;
  std::uint32_t subtask = 0;
  leader_epoch epoch;
  std::uint32_t attempt = 0;
  checkpoint_id checkpoint = 0;
  std::uint64_t random = 0;
  auto operator<=>(const snapshot_file_name&) const = default;
};

/// "v1-s0-e3-2-c17-00f3a90c11d2e4b7"
std::string to_string(const snapshot_file_name& name);

/// Nothing for a name that to_string would not have made.
std::optional<snapshot_file_name> read_snapshot_file_name(std::string_view name);

/// The same for the name of a file that is still being written, which begins with a dot and ends in ".tmp".
std::optional<snapshot_file_name> read_unfinished_snapshot_name(std::string_view name);

} // namespace weir
