#pragma once

#include "base/hash.hpp"
#include "base/platform.hpp"
#include "connectors/text_sinks/output_folder.hpp"

#include <weir/detail/operator.hpp>
#include <weir/detail/two_phase_commit.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weir {

/// The part files of one subtask of a file sink: a transaction is a file. See output_folder for the names,
/// and two_phase_commit for the order of the calls.
class part_files final : public detail::transaction_output {
public:
  explicit part_files(std::string folder) : folder_name_{std::move(folder)} {}

  /// Claims the folder, and takes from the snapshot how far the numbers of the parts are. `whole`: there is
  /// one part, which takes the place of what an earlier attempt has made.
  void open(detail::operator_context& context, bool whole);

  void append(std::span<const char> bytes);

  void fence() override;
  void begin() override;
  std::string prepare() override;
  void commit(const std::string& handle) override;
  void abort(const std::string& handle) override;
  void abort_leftovers() override;
  [[nodiscard]] std::string committed_since_snapshot() override;

  /// Removes what was not prepared; `keep_prepared`: the next attempt may commit the rest.
  void close(bool keep_prepared) noexcept;

private:
  /// What the operator's state has of a subtask that writes to a folder.
  struct claimed {
    std::string folder;
    std::string job;
    std::uint32_t subtask = 0;
    std::uint64_t next = 0;
  };

  /// All that it takes to find a file, and to know it again.
  struct part {
    std::string folder;
    std::string job;
    std::uint32_t subtask = 0;
    std::uint64_t attempt = 0;
    std::uint64_t number = 0;
    std::uint64_t size = 0;
    std::uint64_t checksum = 0;
  };

  void take_restored(const std::vector<std::string>& elements);
  static void collect(void* of, std::vector<std::string>& to);
  void fence_in(const std::string& path, const std::string& job);
  [[nodiscard]] std::vector<std::string> jobs_of(const std::string& path) const;
  [[nodiscard]] bool is_committed(const part& of, const std::string& path);
  [[nodiscard]] std::string pending_path(const part& of);
  void refuse_other_job(output_folder& folder, const std::string& path) const;
  static part read_handle(const std::string& handle);

  std::string folder_name_;
  bool whole_ = false;
  std::uint32_t parallelism_ = 1;
  part_writer self_;
  file_system* files_ = nullptr;
  std::unique_ptr<output_folder> folder_;
  std::vector<claimed> before_;        ///< what the snapshot says of folders and jobs, each pair once
  std::uint64_t next_ = 0;             ///< number of the next part
  std::uint64_t next_of_snapshot_ = 0; ///< what it was for this subtask of this job
  std::vector<std::string> fenced_;

  std::unique_ptr<writable_file> file_; ///< of the open transaction
  std::string open_path_;
  std::uint64_t size_ = 0;
  running_hash64 checksum_;
};

} // namespace weir
