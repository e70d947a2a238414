#pragma once

#include "simulation/simulated_job.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace weir::simulation {

/// The job of examples/exactly_once: numbers through two shuffles and a count per key to files.
class exactly_once_job final : public simulated_job {
public:
  /// `rate`: records a second.
  exactly_once_job(std::uint64_t records, std::uint64_t keys, double rate, std::string output);

  result<std::shared_ptr<const detail::stream_graph>> build(const std::string& library_path,
                                                            const job_spec& spec) override;

  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t keys() const { return keys_; }
  [[nodiscard]] const std::string& output() const { return output_; }

  /// Its code throws once, when so many more records have been counted.
  void throw_after(std::uint64_t records) { *records_left_ = records; }

private:
  std::uint64_t records_;
  std::uint64_t keys_;
  double rate_;
  std::string output_;
  std::shared_ptr<std::optional<std::uint64_t>> records_left_;
};

} // namespace weir::simulation
