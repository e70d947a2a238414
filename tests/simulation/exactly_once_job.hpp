#pragma once

#include "simulation/simulated_job.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace weir::simulation {

/// The job of examples/exactly_once: numbers through two shuffles and a count per key to files. Or one whose
/// subtasks are regions of their own: numbers to files, each counted as the first of its key.
class exactly_once_job final : public simulated_job {
public:
  enum class form { shuffled, regions };

  /// `rate`: records a second. With regions each number is its own key.
  exactly_once_job(form how, std::uint64_t records, std::uint64_t keys, double rate, std::string output);

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override;

  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t keys() const { return keys_; }
  [[nodiscard]] const std::string& output() const { return output_; }

  /// Its code throws once, when so many more records have been counted.
  void throw_after(std::uint64_t records) { *records_left_ = records; }

private:
  form form_;
  std::uint64_t records_;
  std::uint64_t keys_;
  double rate_;
  std::string output_;
  std::shared_ptr<std::optional<std::uint64_t>> records_left_;
};

} // namespace weir::simulation
