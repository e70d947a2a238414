#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "state/snapshot_options.hpp"
#include "wire/snapshot_messages.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A range of key groups, both ends included.
struct key_group_range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  [[nodiscard]] bool contains(std::uint32_t group) const { return first <= group && group <= last; }
  bool operator==(const key_group_range&) const = default;
};

/// A snapshot file of which head and index have been read and checked; the blocks are read through
/// snapshot_blocks. Any file is allowed; errors name it, and the place in it. Safe to use from several
/// threads.
class snapshot_reader {
public:
  static result<std::shared_ptr<const snapshot_reader>> open(file_system& files, const std::string& path,
                                                             const snapshot_options& options);

  /// `file` has the bytes of the snapshot file at `path`.
  static result<std::shared_ptr<const snapshot_reader>>
  open(std::unique_ptr<readable_file> file, const std::string& path, const snapshot_options& options);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const snapshot_head& head() const { return head_; }
  [[nodiscard]] bool is_full() const { return head_.parent == 0; }
  [[nodiscard]] std::uint64_t size() const { return file_->size(); }

  /// Index into the head's states.
  [[nodiscard]] std::optional<std::uint32_t> find(operator_id of, std::string_view name) const;

  /// The places of a state's blocks, in the order of the file.
  [[nodiscard]] std::vector<snapshot_run> runs(std::uint32_t state, key_group_range groups) const;

  /// How many entries a state has there, removed ones not counted.
  [[nodiscard]] std::uint64_t entries(std::uint32_t state, key_group_range groups) const;

  /// "the snapshot file F is damaged at byte N: <what>"
  [[nodiscard]] error damaged(std::uint64_t at, const std::string& what) const;

private:
  friend class snapshot_blocks;

  snapshot_reader(std::string path, std::unique_ptr<readable_file> file, const snapshot_options& options)
      : path_{std::move(path)}, file_{std::move(file)}, options_{options} {}
  result<std::string> bytes(std::uint64_t offset, std::uint64_t size) const;
  result<std::uint64_t> read_head();
  result<void> read_index(std::uint64_t blocks_begin);
  result<void> check_runs(std::uint64_t begin, std::uint64_t end) const;
  [[nodiscard]] const char* what_is_wrong_with(const snapshot_run& run) const;

  std::string path_;
  std::unique_ptr<readable_file> file_;
  snapshot_options options_;
  snapshot_head head_;
  std::uint64_t index_offset_ = 0;
  std::vector<snapshot_run> runs_;
};

} // namespace weir
