#pragma once

#include <weir/testing.hpp>
#include <weir/weir.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace weir::testing {

/// Runs the job function of an example that has an --output, with checkpoints, and breaks it off again and
/// again.
class crashed_run {
public:
  using job_function = void (*)(environment&, arguments&);

  crashed_run(job_function job, std::vector<std::string> given) {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    given.push_back("--output=" + folder_);
    arguments args{given};
    job(env_, args);
    args.refuse_unknown();
  }
  crashed_run(const crashed_run&) = delete;
  ~crashed_run() { std::filesystem::remove_all(folder_); }

  /// To the end, at a parallelism of 2; `breaks` times before it goes back to its last complete checkpoint.
  void run(std::uint64_t seed, int breaks) {
    std::mt19937_64 random{seed};
    harness_options options{.parallelism = 2, .checkpoints = true, .paced = true};
    for (; breaks >= 0; --breaks, ++options.attempt) {
      auto job = piece::make(env_, options);
      bool more = true;
      for (auto steps = breaks > 0 ? random() % 30 : UINT64_MAX; steps > 0 && (more || !job->is_done());
           --steps) {
        more = job->step(random());
        if (random() % 5 != 0 && more)
          continue;
        options.snapshot = job->snapshot();
        if (random() % 3 != 0) // else the sinks hear of it when they go on
          job->complete_checkpoint(job->last_checkpoint());
        else if (breaks > 0)
          break;
      }
    }
  }

  /// Of all part files, in byte order.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator{folder_})
      if (entry.path().filename().string().starts_with("part-")) {
        std::ifstream file{entry.path()};
        for (std::string line; std::getline(file, line);)
          all.push_back(line);
      }
    std::ranges::sort(all);
    return all;
  }

  /// Names in the output folder that are not results.
  [[nodiscard]] std::vector<std::string> others() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator{folder_})
      if (std::string name = entry.path().filename();
          !name.starts_with("part-") && !name.starts_with(".job-"))
        all.push_back(name);
    return all;
  }

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const environment& graph() const { return env_; }

private:
  std::string folder_;
  environment env_;
};

} // namespace weir::testing
