#include "scheduler/dispatcher_core.hpp"

#include "base/log.hpp"

#include <algorithm>

namespace weir {

namespace {

std::uint64_t results_size(const job_details& details) {
  std::uint64_t size = 0;
  for (const task_result& each : details.results)
    size += each.value.size();
  for (const auto& subtasks : details.vertices)
    for (const subtask_status& subtask : subtasks)
      if (subtask.measurements)
        size += wire_size(*subtask.measurements);
  return size;
}

error has_ended(const job_details& end) {
  return error{errc::already_exists, "job " + to_string(end.summary.id) + " has ended already: it is " +
                                         std::string{to_string(end.summary.state)}};
}

} // namespace

dispatcher_core::actions dispatcher_core::recover(std::vector<job_record> records, time_point now,
                                                  std::int64_t wall_ms) {
  actions out;
  for (job_record& record : records) {
    job& known = jobs_[record.id];
    known.record = std::move(record);
    known.order = ++submitted_;
    if (known.record.state == record_state::ended) {
      known.at = phase::ended;
      known.summary = known.record.end->summary;
      ended_.add(known.record.id, results_size(*known.record.end), now);
      if (known.record.checkpoints)
        out.emplace_back(remove_checkpoints{known.record.id, *known.record.checkpoints});
      continue;
    }
    known.at = phase::recovering;
    known.cancel_wished = known.cancel_stored = known.record.state == record_state::cancel_requested;
    known.summary = {.id = known.record.id,
                     .name = known.record.graph->name,
                     .start_wall_ms = wall_ms,
                     .last_modified_wall_ms = wall_ms};
    out.emplace_back(claim_library{known.record.id, known.record.spec.library_hash});
  }
  return out;
}

/// A job of a master before.
dispatcher_core::actions dispatcher_core::go_on(job& with, bool found, std::int64_t wall_ms) {
  const job_id id = with.record.id;
  with.at = phase::live;
  if (!found)
    return on_manager_died(id,
                           "the job library " + with.record.spec.library_name +
                               " is not in the store of the master any more",
                           wall_ms);
  log::scheduler.info("job goes on", {{"job", id}, {"name", with.summary.name}});
  actions out;
  out.emplace_back(start_job{with.record, true});
  if (with.cancel_stored)
    out.emplace_back(cancel_running_job{id});
  return out;
}

dispatcher_core::actions dispatcher_core::on_submit(job_record submission, std::int64_t wall_ms) {
  actions out;
  if (auto known = jobs_.find(submission.id); known != jobs_.end()) {
    // One that is not stored yet is answered when it is, together with the first.
    if (known->second.at != phase::claiming && known->second.at != phase::storing)
      out.emplace_back(answer_submit{submission.id, {}});
    return out;
  }
  job& taken = jobs_[submission.id];
  taken.record = std::move(submission);
  taken.order = ++submitted_;
  taken.summary = {.id = taken.record.id,
                   .name = taken.record.graph->name,
                   .start_wall_ms = wall_ms,
                   .last_modified_wall_ms = wall_ms};
  out.emplace_back(claim_library{taken.record.id, taken.record.spec.library_hash});
  return out;
}

dispatcher_core::actions dispatcher_core::on_claimed(const job_id& id, bool found, std::int64_t wall_ms) {
  actions out;
  auto known = jobs_.find(id);
  if (known->second.at == phase::recovering)
    return go_on(known->second, found, wall_ms);
  if (!found) {
    out.emplace_back(
        answer_submit{id, error{errc::not_found, "the job library " + known->second.record.spec.library_name +
                                                     " is not in the store of the master: upload it again"}});
    if (known->second.cancel_wished)
      out.emplace_back(answer_cancel{id, {}});
    jobs_.erase(known);
    return out;
  }
  known->second.at = phase::storing;
  out.emplace_back(store_record{known->second.record});
  return out;
}

dispatcher_core::actions dispatcher_core::on_stored(const job_id& id, record_state state, time_point now) {
  actions out;
  job& known = jobs_.find(id)->second;
  switch (state) {
  case record_state::submitted:
    known.at = phase::live;
    log::scheduler.info("job submitted", {{"job", id}, {"name", known.summary.name}});
    out.emplace_back(answer_submit{id, {}});
    out.emplace_back(start_job{known.record});
    if (known.cancel_wished)
      request_cancel(known, out);
    break;
  case record_state::cancel_requested:
    known.cancel_stored = true;
    out.emplace_back(answer_cancel{id, {}});
    if (known.at == phase::live)
      out.emplace_back(cancel_running_job{id}); // else it follows when the job goes on
    break;
  case record_state::ended:
    known.at = phase::ended;
    known.summary = known.record.end->summary;
    ended_.add(id, results_size(*known.record.end), now);
    out.emplace_back(confirm_end{id});
    out.emplace_back(release_library{id, known.record.spec.library_hash});
    out.emplace_back(answer_cancel{id, has_ended(*known.record.end)});
    break;
  }
  return out;
}

dispatcher_core::actions dispatcher_core::on_cancel(const job_id& id) {
  actions out;
  auto known = jobs_.find(id);
  if (known == jobs_.end()) {
    out.emplace_back(answer_cancel{id, error{errc::not_found, "Job " + to_string(id) + " not found"}});
    return out;
  }
  job& of = known->second;
  switch (of.at) {
  case phase::claiming:
  case phase::storing:
    of.cancel_wished = true;
    break;
  case phase::recovering:
  case phase::live:
    if (of.cancel_stored) {
      out.emplace_back(answer_cancel{id, {}});
      if (of.at == phase::live)
        out.emplace_back(cancel_running_job{id}); // what it still waits for is given up
    } else if (!of.cancel_wished) {
      request_cancel(of, out);
    }
    break;
  case phase::ending:
    break; // answered when the end has landed
  case phase::ended:
    out.emplace_back(answer_cancel{id, has_ended(*of.record.end)});
    break;
  }
  return out;
}

dispatcher_core::actions dispatcher_core::on_end(job_details details, std::optional<ended_checkpoints> left) {
  actions out;
  auto known = jobs_.find(details.summary.id);
  if (known == jobs_.end() || known->second.at != phase::live)
    return out;
  job& of = known->second;
  of.at = phase::ending;
  of.record.state = record_state::ended;
  of.record.end = std::make_shared<const job_details>(std::move(details));
  of.record.checkpoints = std::move(left);
  out.emplace_back(store_record{of.record});
  return out;
}

dispatcher_core::actions dispatcher_core::on_checkpoints_gone(const job_id& id) {
  actions out;
  auto known = jobs_.find(id);
  if (known == jobs_.end() || known->second.at != phase::ended)
    return out;
  known->second.record.checkpoints.reset();
  if (known->second.is_forgotten)
    forget(id, out);
  else
    out.emplace_back(trim_record{known->second.record});
  return out;
}

void dispatcher_core::forget(const job_id& id, actions& out) {
  jobs_.erase(id);
  out.emplace_back(remove_record{id});
}

/// What is known then of its checkpoints is not enough to remove them: they stay.
dispatcher_core::actions dispatcher_core::on_manager_died(const job_id& id, const std::string& cause,
                                                          std::int64_t wall_ms) {
  auto known = jobs_.find(id);
  if (known == jobs_.end())
    return {};
  job_details details{.summary = known->second.summary,
                      .spec = known->second.record.spec,
                      .graph = known->second.record.graph,
                      .failures = {{.cause = cause, .wall_ms = wall_ms}}};
  details.summary.state = job_state::failed;
  details.summary.end_wall_ms = wall_ms;
  details.summary.last_modified_wall_ms = wall_ms;
  details.entered_wall_ms[job_state::failed] = wall_ms;
  return on_end(std::move(details));
}

dispatcher_core::actions dispatcher_core::on_tick(time_point now) {
  actions out;
  auto [forgotten, drop_results] = ended_.sweep(now);
  for (const job_id& id : forgotten) {
    job& of = jobs_.find(id)->second;
    if (of.record.checkpoints)
      of.is_forgotten = true;
    else
      forget(id, out);
  }
  for (const job_id& id : drop_results) {
    job& of = jobs_.find(id)->second;
    job_details without = *of.record.end;
    without.results.clear();
    for (auto& subtasks : without.vertices)
      for (subtask_status& subtask : subtasks)
        subtask.measurements = nullptr;
    without.results_dropped = true;
    of.record.end = std::make_shared<const job_details>(std::move(without));
    out.emplace_back(trim_record{of.record});
  }
  return out;
}

void dispatcher_core::on_changed(const job_summary& summary) {
  auto known = jobs_.find(summary.id);
  if (known != jobs_.end() && known->second.at != phase::ended)
    known->second.summary = summary;
}

std::vector<job_summary> dispatcher_core::summaries() const {
  std::vector<const job*> stored;
  for (const auto& [id, each] : jobs_)
    if (is_listed(each))
      stored.push_back(&each);
  std::ranges::sort(stored, std::ranges::greater{}, &job::order);
  std::vector<job_summary> list;
  for (const job* each : stored)
    list.push_back(each->summary);
  return list;
}

std::shared_ptr<const job_details> dispatcher_core::end_of(const job_id& id) const {
  auto known = jobs_.find(id);
  return known == jobs_.end() || known->second.at != phase::ended ? nullptr : known->second.record.end;
}

std::shared_ptr<const job_details> dispatcher_core::outline_of(const job_id& id) const {
  auto known = jobs_.find(id);
  if (known == jobs_.end() || !is_listed(known->second))
    return nullptr;
  return std::make_shared<const job_details>(job_details{.summary = known->second.summary,
                                                         .spec = known->second.record.spec,
                                                         .graph = known->second.record.graph,
                                                         .waiting_for = "the master looks for its library"});
}

void dispatcher_core::request_cancel(job& of, actions& out) {
  of.cancel_wished = true;
  of.record.state = record_state::cancel_requested;
  out.emplace_back(store_record{of.record});
}

} // namespace weir
