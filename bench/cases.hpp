#pragma once

#include "bench_case.hpp"
#include "job_runner.hpp"

#include <memory>
#include <string>
#include <vector>

namespace bench {

/// The cases that run in this process.
std::vector<bench_case> in_process_cases(const bench_settings& settings,
                                         const std::shared_ptr<job_runner>& runner);

/// The cases that need separate processes. `programs` is the folder of weir-node and weir, `library` the path
/// of bench_jobs.so.
std::vector<bench_case> process_cases(const bench_settings& settings, const std::string& programs,
                                      const std::string& library);

} // namespace bench
