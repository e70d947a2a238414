#include "job_progress.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>

namespace weir::tools {
namespace {

using nlohmann::json;

template <class T>
T field(const json& object, const char* name, T otherwise) {
  auto found = object.is_object() ? object.find(name) : object.end();
  if (!object.is_object() || found == object.end() || found->type() == json::value_t::null)
    return otherwise;
  if constexpr (std::is_same_v<T, std::string>)
    return found->is_string() ? found->template get<T>() : otherwise;
  else
    return found->is_number() ? found->template get<T>() : otherwise;
}

const json& object_in(const json& object, const char* name) {
  static const json nothing;
  auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : nothing;
}

} // namespace

job_progress progress_of(const json& job) {
  job_progress read;
  read.state = field<std::string>(job, "state", "");
  read.elapsed_ms = field<std::int64_t>(job, "duration", 0);
  read.waiting_for = field<std::string>(job, "waiting-for", "");
  read.failure = field<std::string>(job, "newest-failure", "");
  read.failure_wall_ms = field<std::int64_t>(job, "newest-failure-time", -1);
  for (const json& vertex : object_in(job, "vertices")) {
    const json& tasks = object_in(vertex, "tasks");
    read.subtasks += field<std::uint64_t>(vertex, "parallelism", 0);
    read.running += field<std::uint64_t>(tasks, "RUNNING", 0);
    read.finished += field<std::uint64_t>(tasks, "FINISHED", 0);
    read.records += field<std::uint64_t>(object_in(vertex, "metrics"), "read-records", 0);
  }
  return read;
}

std::uint64_t record_rate::per_second(const job_progress& now) {
  constexpr std::int64_t period_ms = 1'000;
  std::int64_t passed = now.elapsed_ms - since_ms_;
  if (passed >= period_ms) {
    std::uint64_t more = now.records > records_ ? now.records - records_ : 0;
    per_second_ = more * 1'000 / static_cast<std::uint64_t>(passed);
    since_ms_ = now.elapsed_ms;
    records_ = now.records;
  }
  return per_second_;
}

std::string progress_text(const job_progress& now, std::uint64_t records_per_second) {
  std::string text = now.state + "  " + std::to_string(now.running) + " of " + std::to_string(now.subtasks) +
                     " subtasks run, " + std::to_string(now.finished) + " finished";
  if (records_per_second != 0)
    text += "  " + std::to_string(records_per_second) + " records/s";
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "  %.1f s", static_cast<double>(now.elapsed_ms) / 1000);
  return text + seconds;
}

bool has_ended(const std::string& state) {
  return state == "FINISHED" || state == "FAILED" || state == "CANCELED";
}

} // namespace weir::tools
