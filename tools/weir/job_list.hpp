#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace weir::tools {

/// Which jobs a list shows.
struct job_selection {
  bool running = false;
  bool scheduled = false;
  bool ended = false;
};

/// The jobs of `GET /jobs/overview` that are selected, by their start.
nlohmann::json selected_jobs(const nlohmann::json& overview, const job_selection& which);

/// The same in Flink's words, with a heading for each kind of job.
std::string job_list_text(const nlohmann::json& overview, const job_selection& which);

/// "31.12.2026 23:59:59" in local time.
std::string date_text(std::int64_t wall_ms);

} // namespace weir::tools
