#pragma once

#include "dataflow/job_code.hpp"
#include "simulation/simulated_disk.hpp"

#include <memory>
#include <string>
#include <vector>

namespace weir::simulation {

/// Word count over text, as a job whose "library" is any bytes: the code is in this program.
class word_count_job final : public job_code_provider {
public:
  word_count_job();

  /// Writes the text to the disk that the workers share.
  void write_input(simulated_disk& files) const;

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override;

  /// What a client sends: specification and graph of the job at that parallelism.
  [[nodiscard]] job_spec specification(std::uint32_t parallelism) const;
  [[nodiscard]] std::shared_ptr<const job_graph> graph(const job_spec& spec);

  [[nodiscard]] const std::string& library() const { return library_; }

  /// The sorted lines of the result, counted by a plain loop.
  [[nodiscard]] const std::vector<std::string>& expected() const { return expected_; }

  /// The name under which the job collects its result.
  static constexpr const char* result_name = "counts";

private:
  std::string library_ = "stands for a job library";
  std::string text_;
  std::vector<std::string> expected_;
};

std::vector<std::string> sorted_lines(const std::string& text);

} // namespace weir::simulation
