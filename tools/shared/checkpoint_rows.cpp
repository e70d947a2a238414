#include "checkpoint_rows.hpp"

#include "json_fields.hpp"
#include "units.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace weir::tools {
namespace {

using nlohmann::json;

cell status_cell(const std::string& status) {
  if (status == "COMPLETED")
    return {status, tone::good};
  return {status, status == "FAILED" ? tone::bad : tone::attention};
}

std::string counts_text(const json& counts) {
  return counted(count_of(counts, "total"), "checkpoint") + ": " + count_text(count_of(counts, "completed")) +
         " completed, " + count_text(count_of(counts, "failed")) + " failed, " +
         count_text(count_of(counts, "in_progress")) + " in progress";
}

std::string restored_text(const json& restored, std::uint64_t times) {
  return "Restored " + (times == 1 ? std::string{"once"} : counted(times, "time")) +
         ", last from checkpoint " + std::to_string(count_of(restored, "id")) + " at " +
         time_text(number_of(restored, "restore_timestamp"));
}

/// The outermost sentence of the chain.
std::string failure_text(const json& checkpoint) {
  std::string text = text_of(checkpoint, "failure_message");
  return text.substr(0, text.find('\n'));
}

} // namespace

page checkpoint_page(const json& checkpoints) {
  const json& counts = object_of(checkpoints, "counts");
  page shown{counts_text(counts)};
  const json& restored = object_of(object_of(checkpoints, "latest"), "restored");
  if (std::uint64_t times = count_of(counts, "restored"); times > 0)
    shown.emplace_back(restored_text(restored, times));

  table rows{{{"ID", align::right},
              {"STATUS"},
              {"TRIGGERED"},
              {"DURATION", align::right},
              {"WRITTEN", align::right},
              {"STATE", align::right},
              {"TASKS", align::right},
              {"FAILURE"}},
             {}};
  for (const json& one : list_of(checkpoints, "history"))
    rows.rows.push_back(
        {std::to_string(count_of(one, "id")), status_cell(text_of(one, "status")),
         time_text(number_of(one, "trigger_timestamp")), duration_text(number_of(one, "end_to_end_duration")),
         bytes_text(count_of(one, "checkpointed_size")), bytes_text(count_of(one, "state_size")),
         count_text(count_of(one, "num_acknowledged_subtasks")) + "/" +
             count_text(count_of(one, "num_subtasks")),
         failure_text(one)});
  if (!rows.rows.empty())
    shown.emplace_back(std::move(rows));
  return shown;
}

} // namespace weir::tools
