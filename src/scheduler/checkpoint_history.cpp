#include "scheduler/checkpoint_history.hpp"

#include <algorithm>
#include <utility>

namespace weir {

namespace {

constexpr std::size_t figures_max = 1'000;

void add(checkpoint_totals& sum, const checkpoint_totals& part) {
  sum.subtasks += part.subtasks;
  sum.acknowledged += part.acknowledged;
  sum.latest_acknowledged_wall_ms =
      std::max(sum.latest_acknowledged_wall_ms, part.latest_acknowledged_wall_ms);
  sum.written_size += part.written_size;
  sum.state_size += part.state_size;
}

} // namespace

checkpoint_totals totals(const std::vector<subtask_checkpoint>& vertex) {
  checkpoint_totals sum;
  for (const subtask_checkpoint& part : vertex)
    add(sum, {.subtasks = 1,
              .acknowledged = part.finished || part.acknowledged_wall_ms >= 0 ? 1u : 0u,
              .latest_acknowledged_wall_ms = part.acknowledged_wall_ms,
              .written_size = part.written_size,
              .state_size = part.state_size});
  return sum;
}

checkpoint_totals totals(const checkpoint_record& of) {
  checkpoint_totals sum;
  for (const auto& vertex : of.vertices)
    add(sum, totals(vertex));
  return sum;
}

void checkpoint_history::on_triggered(checkpoint_record begun) {
  ++counts_.total;
  ++counts_.in_progress;
  checkpoint_id id = begun.id;
  under_way_.insert_or_assign(id, std::move(begun));
}

void checkpoint_history::on_part(checkpoint_id id, std::uint32_t vertex, std::uint32_t subtask,
                                 const subtask_checkpoint& part) {
  if (auto found = under_way_.find(id); found != under_way_.end())
    found->second.vertices[vertex][subtask] = part;
}

void checkpoint_history::on_completed(checkpoint_id id, const std::string& path, std::int64_t wall_ms) {
  under_way_.at(id).path = path;
  latest_completed_ = end(id, checkpoint_status::completed, wall_ms);
  ++counts_.completed;
  checkpoint_totals sum = totals(*latest_completed_);
  figures_.push_back({.written_size = sum.written_size,
                      .state_size = sum.state_size,
                      .duration_ms = wall_ms - latest_completed_->triggered_wall_ms});
  if (figures_.size() > figures_max)
    figures_.pop_front();
}

void checkpoint_history::on_failed(checkpoint_id id, const std::string& why, std::int64_t wall_ms) {
  under_way_.at(id).failure = why;
  latest_failed_ = end(id, checkpoint_status::failed, wall_ms);
  ++counts_.failed;
}

void checkpoint_history::on_discarded(checkpoint_id id) {
  for (record_ptr& each : ended_)
    discard(each, id);
  if (latest_completed_)
    discard(latest_completed_, id);
}

void checkpoint_history::on_restored(restored_checkpoint from) {
  ++counts_.restored;
  latest_restored_ = std::move(from);
}

checkpoint_overview checkpoint_history::overview() const {
  checkpoint_overview all{.settings = settings_,
                          .counts = counts_,
                          .latest_completed = latest_completed_,
                          .latest_failed = latest_failed_,
                          .latest_restored = latest_restored_,
                          .figures = figures_};
  for (const auto& [id, record] : under_way_)
    all.history.push_back(std::make_shared<const checkpoint_record>(record));
  all.history.insert(all.history.end(), ended_.begin(), ended_.end());
  std::ranges::sort(all.history, std::ranges::greater{}, [](const record_ptr& each) { return each->id; });
  return all;
}

checkpoint_history::record_ptr checkpoint_history::end(checkpoint_id id, checkpoint_status how,
                                                       std::int64_t wall_ms) {
  checkpoint_record record = std::move(under_way_.extract(id).mapped());
  --counts_.in_progress;
  record.status = how;
  record.ended_wall_ms = wall_ms;
  ended_.push_front(std::make_shared<const checkpoint_record>(std::move(record)));
  if (ended_.size() > settings_.history_size)
    ended_.pop_back();
  return ended_.front();
}

void checkpoint_history::discard(record_ptr& record, checkpoint_id id) {
  if (record->id != id || record->discarded)
    return;
  checkpoint_record changed = *record;
  changed.discarded = true;
  record = std::make_shared<const checkpoint_record>(std::move(changed));
}

} // namespace weir
