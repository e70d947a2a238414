#pragma once

#include "dataflow/job_code.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace weir::simulation {

/// A job whose "library" is any bytes: the code is in this program.
class simulated_job : public job_code_provider {
public:
  /// What a client sends: specification and graph of the job at that parallelism.
  [[nodiscard]] job_spec specification(std::uint32_t parallelism) const;
  [[nodiscard]] std::shared_ptr<const job_graph> graph(const job_spec& spec);

  [[nodiscard]] const std::string& library() const { return library_; }

protected:
  explicit simulated_job(std::string name) : name_{std::move(name)} {}

private:
  std::string name_;
  std::string library_ = "stands for a job library";
};

} // namespace weir::simulation
