#pragma once

#include "simulation/simulated_disk.hpp"
#include "simulation/simulated_job.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::simulation {

/// Word count over text.
class word_count_job final : public simulated_job {
public:
  word_count_job();

  /// Writes the text to the disk that the workers share.
  void write_input(simulated_disk& files) const;

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override;

  /// The sorted lines of the result, counted by a plain loop.
  [[nodiscard]] const std::vector<std::string>& expected() const { return expected_; }

  /// The name under which the job collects its result.
  static constexpr const char* result_name = "counts";

private:
  std::string text_;
  std::vector<std::string> expected_;
};

} // namespace weir::simulation
