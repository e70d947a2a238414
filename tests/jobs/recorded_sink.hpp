#pragma once

#include <weir/transactions.hpp>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace weir::testing {

/// A sink with two-phase commits to a folder that several processes share, which records what was asked of
/// it: for tests that break a cluster and then read what happened.
///
///     open/NAME, prepared/NAME, committed/NAME   the transactions, a record a line
///     fence/SUBTASK                              the least attempt that may still do something
///     journal                                    a line for each call that was allowed, or refused: "commit
///     NAME" fail-commits                               a number: so many more commits fail
///
/// Each call has the folder to itself, so what it finds is so until it has done what follows.
class recorded_sink : public transactional_sink<std::string> {
public:
  explicit recorded_sink(std::string folder) : folder_{std::move(folder)} {}

  void open(sink_context& context) override {
    context_ = &context;
    for (const char* part : {"open", "prepared", "committed", "fence"})
      std::filesystem::create_directories(path(part));
  }

  void fence() override {
    folder_lock alone{path("lock")};
    for (std::uint32_t before = 0; before < subtasks_max; ++before)
      if (context_->follows(before))
        std::ofstream{path("fence", std::to_string(before))} << context_->attempt();
    record("fence", std::to_string(context_->subtask()) + ' ' + std::to_string(context_->attempt()));
  }

  void begin(const std::string& transaction) override {
    name_ = transaction;
    lines_.clear();
  }

  void write(const std::string& line) override { lines_ += line + '\n'; }

  std::string prepare() override {
    folder_lock alone{path("lock")};
    check_fence("prepare", name_);
    std::ofstream{path("open", name_), std::ios::binary} << lines_;
    std::filesystem::rename(path("open", name_), path("prepared", name_));
    record("prepare", name_);
    return std::to_string(context_->subtask()) + ' ' + name_;
  }

  void roll_back() override { lines_.clear(); }

  void commit(const std::string& handle) override {
    folder_lock alone{path("lock")};
    std::string name = name_of(handle);
    check_fence("commit", name);
    fail_if_told(name);
    if (std::filesystem::exists(path("committed", name)))
      return record("commit again", name);
    if (!std::filesystem::exists(path("prepared", name))) {
      record("lost", name);
      throw std::runtime_error{"transaction lost: " + name};
    }
    std::filesystem::rename(path("prepared", name), path("committed", name));
    record("commit", name);
  }

  void abort(const std::string& handle) override {
    folder_lock alone{path("lock")};
    std::string name = name_of(handle);
    check_fence("abort", name);
    if (std::filesystem::remove(path("prepared", name)))
      record("abort", name);
  }

  /// Handles say whose a transaction is, and so do names: job-sink-subtask-attempt-number.
  std::vector<std::string> leftovers() override {
    folder_lock alone{path("lock")};
    std::vector<std::string> handles;
    for (const std::string& name : names_in("prepared")) {
      std::string subtask = field_from_behind(name, 2);
      bool is_earlier = std::stoull(field_from_behind(name, 1)) < context_->attempt();
      if (is_earlier && context_->follows(static_cast<std::uint32_t>(std::stoul(subtask))))
        handles.push_back(subtask.append(" ").append(name));
    }
    return handles;
  }

  std::optional<std::vector<std::string>> committed() override {
    folder_lock alone{path("lock")};
    return names_in("committed");
  }

private:
  static constexpr std::uint32_t subtasks_max = 64;

  class folder_lock {
  public:
    explicit folder_lock(const std::string& path)
        : file_{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)} {
      if (file_ < 0 || ::flock(file_, LOCK_EX) != 0)
        throw std::system_error{errno, std::generic_category(), path};
    }
    folder_lock(const folder_lock&) = delete;
    ~folder_lock() { ::close(file_); }

  private:
    int file_;
  };

  [[nodiscard]] std::string path(const std::string& part, const std::string& name = {}) const {
    return folder_ + '/' + part + (name.empty() ? "" : '/' + name);
  }
  [[nodiscard]] std::vector<std::string> names_in(const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{path(part)})
      names.push_back(entry.path().filename());
    return names;
  }
  static std::string name_of(const std::string& handle) { return handle.substr(handle.find(' ') + 1); }
  static std::string field_from_behind(std::string name, int which) {
    for (; which > 0; --which)
      name.erase(name.rfind('-'));
    return name.substr(name.rfind('-') + 1);
  }

  void record(const std::string& what, const std::string& name) const {
    std::ofstream{path("journal"), std::ios::app} << what + ' ' + name + '\n';
  }

  /// What is asked of an attempt that a later one has fenced is refused.
  void check_fence(const std::string& what, const std::string& name) const {
    std::uint64_t least = 0;
    std::ifstream{path("fence", std::to_string(context_->subtask()))} >> least;
    if (context_->attempt() >= least)
      return;
    record("refuse to " + what, name);
    throw std::runtime_error{"attempt " + std::to_string(context_->attempt()) + " is fenced by attempt " +
                             std::to_string(least)};
  }

  void fail_if_told(const std::string& name) const {
    int times = 0;
    std::ifstream{path("fail-commits")} >> times;
    if (times <= 0)
      return;
    std::ofstream{path("fail-commits")} << times - 1;
    record("fail to commit", name);
    throw std::runtime_error{"the commit of " + name + " fails, as it was told to"};
  }

  std::string folder_;
  sink_context* context_ = nullptr;
  std::string name_;
  std::string lines_;
};

} // namespace weir::testing
