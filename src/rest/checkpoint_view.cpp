#include "rest/checkpoint_view.hpp"

#include "rest/summary_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir {
namespace {

using nlohmann::json;

struct status_names {
  const char* status;
  const char* class_name;
};

status_names names_of(checkpoint_status status) {
  switch (status) {
  case checkpoint_status::in_progress:
    return {"IN_PROGRESS", "in_progress"};
  case checkpoint_status::completed:
    return {"COMPLETED", "completed"};
  case checkpoint_status::failed:
    break;
  }
  return {"FAILED", "failed"};
}

const char* type_of(checkpoint_kind kind) {
  switch (kind) {
  case checkpoint_kind::checkpoint:
    return "CHECKPOINT";
  case checkpoint_kind::savepoint:
    return "SAVEPOINT";
  case checkpoint_kind::stop_savepoint:
    break;
  }
  return "SYNC_SAVEPOINT";
}

/// Channels hold nothing of a checkpoint: barriers do not overtake records.
void add_no_channel_data(json& to) {
  for (const char* name : {"alignment_buffered", "processed_data", "persisted_data"})
    to[name] = 0;
}

/// -1: nothing has come yet.
std::int64_t duration_until(std::int64_t wall_ms, const checkpoint_record& of) {
  return wall_ms < 0 ? -1 : std::max<std::int64_t>(0, wall_ms - of.triggered_wall_ms);
}

json totals_json(const checkpoint_totals& sum, std::int64_t ended_wall_ms, const checkpoint_record& of) {
  json object{{"id", of.id},
              {"latest_ack_timestamp", sum.latest_acknowledged_wall_ms},
              {"checkpointed_size", sum.written_size},
              {"state_size", sum.state_size},
              {"end_to_end_duration", duration_until(ended_wall_ms, of)},
              {"num_subtasks", sum.subtasks},
              {"num_acknowledged_subtasks", sum.acknowledged}};
  add_no_channel_data(object);
  return object;
}

/// Of one vertex.
json task_json(const std::vector<subtask_checkpoint>& vertex, const checkpoint_record& of) {
  checkpoint_totals sum = totals(vertex);
  json object = totals_json(sum, sum.latest_acknowledged_wall_ms, of);
  checkpoint_status status = sum.acknowledged == sum.subtasks ? checkpoint_status::completed : of.status;
  object["status"] = names_of(status).status;
  return object;
}

json record_json(const checkpoint_record& of) {
  checkpoint_totals sum = totals(of);
  json object =
      totals_json(sum, of.ended_wall_ms < 0 ? sum.latest_acknowledged_wall_ms : of.ended_wall_ms, of);
  auto [status, class_name] = names_of(of.status);
  bool is_savepoint = of.kind != checkpoint_kind::checkpoint;
  object["className"] = class_name;
  object["status"] = status;
  object["is_savepoint"] = is_savepoint;
  object["savepointFormat"] = is_savepoint ? json("CANONICAL") : json();
  object["checkpoint_type"] = type_of(of.kind);
  object["trigger_timestamp"] = of.triggered_wall_ms;
  object["full"] = of.full;
  object["tasks"] = json::object();
  if (of.status == checkpoint_status::completed) {
    object["external_path"] = of.path;
    object["discarded"] = of.discarded;
  } else if (of.status == checkpoint_status::failed) {
    object["failure_timestamp"] = of.ended_wall_ms;
    object["failure_message"] = of.failure.empty() ? json() : json(of.failure);
  }
  return object;
}

json record_or_null(const std::shared_ptr<const checkpoint_record>& of) {
  return of ? record_json(*of) : json();
}

json restored_json(const std::optional<restored_checkpoint>& of) {
  if (!of)
    return json();
  return {{"id", of->id},
          {"restore_timestamp", of->restored_wall_ms},
          {"is_savepoint", of->kind != checkpoint_kind::checkpoint},
          {"external_path", of->path}};
}

/// A summary of one of their numbers, over all of them.
template <class Range, class Number>
json summary_of(const Range& all, Number number) {
  std::vector<std::int64_t> values;
  for (const auto& each : all)
    values.push_back(static_cast<std::int64_t>(number(each)));
  return summary_json(std::move(values));
}

json no_channel_data_summary(std::size_t count) {
  return summary_json(std::vector<std::int64_t>(count, 0));
}

json subtask_json(const subtask_checkpoint& part, std::size_t index, const checkpoint_record& of) {
  if (part.acknowledged_wall_ms < 0 && !part.finished)
    return {{"className", "pending"}, {"index", index}, {"status", "pending_or_failed"}};
  // One whose task had finished was done with the checkpoint when it was triggered.
  std::int64_t at = part.acknowledged_wall_ms < 0 ? of.triggered_wall_ms : part.acknowledged_wall_ms;
  return {{"className", "completed"},
          {"index", index},
          {"status", "completed"},
          {"ack_timestamp", at},
          {"end_to_end_duration", duration_until(at, of)},
          {"checkpointed_size", part.written_size},
          {"state_size", part.state_size},
          {"checkpoint", {{"sync", part.timings.sync_ms}, {"async", part.timings.async_ms}}},
          {"alignment",
           {{"buffered", 0}, {"processed", 0}, {"persisted", 0}, {"duration", part.timings.alignment_ms}}},
          {"start_delay", part.timings.start_delay_ms},
          {"unaligned_checkpoint", false},
          {"aborted", false},
          {"finished", part.finished}};
}

/// Over the subtasks that have acknowledged.
json subtask_summary_json(const std::vector<subtask_checkpoint>& vertex, const checkpoint_record& of) {
  std::vector<subtask_checkpoint> parts;
  std::ranges::copy_if(vertex, std::back_inserter(parts),
                       [](const subtask_checkpoint& part) { return part.acknowledged_wall_ms >= 0; });
  auto over = [&](auto number) { return summary_of(parts, number); };
  json nothing = no_channel_data_summary(parts.size());
  using part = subtask_checkpoint;
  return {{"checkpointed_size", over([](const part& of_one) { return of_one.written_size; })},
          {"state_size", over([](const part& of_one) { return of_one.state_size; })},
          {"end_to_end_duration",
           over([&](const part& of_one) { return duration_until(of_one.acknowledged_wall_ms, of); })},
          {"checkpoint_duration",
           {{"sync", over([](const part& of_one) { return of_one.timings.sync_ms; })},
            {"async", over([](const part& of_one) { return of_one.timings.async_ms; })}}},
          {"alignment",
           {{"buffered", nothing},
            {"processed", nothing},
            {"persisted", nothing},
            {"duration", over([](const part& of_one) { return of_one.timings.alignment_ms; })}}},
          {"start_delay", over([](const part& of_one) { return of_one.timings.start_delay_ms; })}};
}

} // namespace

json checkpoints_json(const checkpoint_overview& of) {
  json history = json::array();
  for (const auto& record : of.history)
    history.push_back(record_json(*record));
  using figures = checkpoint_figures;
  json nothing = no_channel_data_summary(of.figures.size());
  return {
      {"counts",
       {{"restored", of.counts.restored},
        {"total", of.counts.total},
        {"in_progress", of.counts.in_progress},
        {"completed", of.counts.completed},
        {"failed", of.counts.failed}}},
      {"summary",
       {{"checkpointed_size", summary_of(of.figures, [](const figures& one) { return one.written_size; })},
        {"state_size", summary_of(of.figures, [](const figures& one) { return one.state_size; })},
        {"end_to_end_duration", summary_of(of.figures, [](const figures& one) { return one.duration_ms; })},
        {"alignment_buffered", nothing},
        {"processed_data", nothing},
        {"persisted_data", nothing}}},
      {"latest",
       {{"completed", record_or_null(of.latest_completed)},
        {"savepoint", json()},
        {"failed", record_or_null(of.latest_failed)},
        {"restored", restored_json(of.latest_restored)}}},
      {"history", std::move(history)}};
}

json checkpoint_config_json(const checkpoint_settings& of, const std::string& backend) {
  return {{"mode", of.mode == checkpoint_mode::exactly_once ? "exactly_once" : "at_least_once"},
          {"interval", of.interval.count()},
          {"timeout", of.timeout.count()},
          {"min_pause", of.min_pause.count()},
          {"max_concurrent", of.max_concurrent},
          {"externalization",
           {{"enabled", of.retention != checkpoint_retention::none},
            {"delete_on_cancellation", of.retention != checkpoint_retention::after_failure_cancel}}},
          {"state_backend", backend},
          {"checkpoint_storage", "filesystem"},
          {"unaligned_checkpoints", false},
          {"tolerable_failed_checkpoints", of.tolerable_failures},
          {"aligned_checkpoint_timeout", 0},
          {"checkpoints_after_tasks_finish", true},
          {"state_changelog_enabled", false},
          {"changelog_periodic_materialization_interval", 0},
          {"changelog_storage", ""},
          {"directory", of.directory},
          {"incremental", of.incremental},
          {"num_retained", of.num_retained}};
}

json checkpoint_details_json(const checkpoint_record& of, const job_graph& graph) {
  json object = record_json(of);
  for (std::size_t i = 0; i < std::min(of.vertices.size(), graph.vertices.size()); ++i)
    object["tasks"][to_string(graph.vertices[i].id)] = task_json(of.vertices[i], of);
  return object;
}

json checkpoint_subtasks_json(const checkpoint_record& of, std::size_t vertex) {
  json object = task_json(of.vertices[vertex], of);
  object["summary"] = subtask_summary_json(of.vertices[vertex], of);
  object["subtasks"] = json::array();
  for (std::size_t i = 0; i < of.vertices[vertex].size(); ++i)
    object["subtasks"].push_back(subtask_json(of.vertices[vertex][i], i, of));
  return object;
}

std::shared_ptr<const checkpoint_record> find_checkpoint(const checkpoint_overview& in, checkpoint_id id) {
  for (const auto& record : in.history)
    if (record->id == id)
      return record;
  for (const auto& record : {in.latest_completed, in.latest_failed})
    if (record && record->id == id)
      return record;
  return nullptr;
}

} // namespace weir
