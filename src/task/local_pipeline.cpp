#include "task/local_pipeline.hpp"

#include <algorithm>
#include <optional>
#include <random>
#include <thread>
#include <utility>

namespace weir {

namespace {

attempt_id local_attempt(std::uint32_t vertex, std::uint32_t subtask) {
  return {job_id{{0, 1}}, vertex, subtask, leader_epoch{1}, 1};
}

subtask_setup local_setup(const std::shared_ptr<const job_graph>& graph,
                          const std::shared_ptr<const detail::stream_graph>& code, std::uint32_t vertex,
                          std::uint32_t subtask, const subtask_options& options,
                          const std::shared_ptr<watermark_alignment>& alignment) {
  subtask_setup setup{local_attempt(vertex, subtask), graph, code, {}, {}, options, alignment};
  for (std::uint32_t e = 0; e < graph->edges.size(); ++e) {
    const job_edge& edge = graph->edges[e];
    if (edge.to_vertex == vertex)
      for (std::uint32_t producer : producers_of(*graph, edge, subtask))
        setup.producers.push_back({local_attempt(edge.from_vertex, producer), e, {}, {"local", 0}});
    if (edge.from_vertex == vertex)
      for (std::uint32_t consumer : consumers_of(*graph, edge, subtask))
        setup.consumers.push_back({local_attempt(edge.to_vertex, consumer), e});
  }
  return setup;
}

} // namespace

local_pipeline::local_pipeline(const std::shared_ptr<const job_graph>& graph,
                               const std::shared_ptr<const detail::stream_graph>& code,
                               weir::platform& platform, options options)
    : options_{std::move(options)} {
  auto alignment = std::make_shared<watermark_alignment>();
  for (std::uint32_t v = 0; v < graph->vertices.size(); ++v)
    for (std::uint32_t s = 0; s < graph->vertices[v].parallelism; ++s)
      stations_.emplace(std::pair{v, s}, std::make_unique<local_station>(
                                             local_setup(graph, code, v, s, options_.task, alignment),
                                             platform, stations_, options_.is_local));
}

local_pipeline::~local_pipeline() {
  for (auto& [position, station] : stations_)
    station->task().close();
}

result<std::vector<task_result>> local_pipeline::run() {
  auto ran = options_.seed == 0 ? run_in_turn() : run_by_seed();
  if (!ran)
    return ran.failure();
  return finish();
}

result<void> local_pipeline::run_in_turn() {
  for (auto& [position, station] : stations_)
    if (auto opened = station->open(); !opened)
      return opened.failure().wrap(station->task().name());
  while (any_live()) {
    bool settled = true;
    for (auto& [position, station] : stations_) {
      for (std::uint64_t turn = 0; station->deliver(turn); ++turn)
        continue;
      if (station->is_live() && !station->is_settled())
        station->run(options_.batches_per_run);
      settled = settled && (!station->is_live() || station->is_settled());
    }
    if (settled && std::ranges::none_of(stations_, [](const auto& at) { return at.second->has_mail(); }))
      if (auto going_on = settle_until_next_time(); !going_on)
        return going_on;
  }
  return {};
}

result<void> local_pipeline::run_by_seed() {
  std::mt19937_64 random{options_.seed};
  std::uint32_t idle_picks = 0;
  while (any_live()) {
    local_station& station =
        *std::next(stations_.begin(), static_cast<std::ptrdiff_t>(random() % stations_.size()))->second;
    if (!station.is_open() && random() % 4 == 0) {
      if (auto opened = station.open(); !opened)
        return opened.failure().wrap(station.task().name());
      continue;
    }
    bool did = false;
    for (std::uint64_t count = random() % 4; count > 0 && station.deliver(random()); --count)
      did = true;
    if (station.is_open() && station.is_live() && !station.is_settled() && random() % 2 == 0) {
      station.run(1 + static_cast<std::uint32_t>(random() % options_.batches_per_run));
      did = true;
    }
    idle_picks = did ? 0 : idle_picks + 1;
    bool quiet = idle_picks > stations_.size() && std::ranges::none_of(stations_, [](const auto& at) {
                   return !at.second->is_open() || at.second->has_mail() ||
                          (at.second->is_live() && !at.second->is_settled());
                 });
    if (quiet)
      if (auto going_on = settle_until_next_time(); !going_on)
        return going_on;
  }
  return {};
}

result<void> local_pipeline::settle_until_next_time() {
  if (!any_live())
    return {}; // the last ones have just ended
  std::optional<time_point> next;
  for (auto& [position, station] : stations_) {
    if (!station->is_live())
      continue;
    if (auto at = station->outcome().wake_at)
      next = next ? std::min(*next, *at) : *at;
    station->unsettle();
  }
  if (!next)
    return error{errc::failed, "every subtask waits for another one"};
  if (options_.sleep_until)
    options_.sleep_until(*next);
  return {};
}

bool local_pipeline::any_live() const {
  bool live = false;
  for (const auto& [position, station] : stations_) {
    auto what = station->outcome().what;
    if (what == run_outcome::kind::failed || what == run_outcome::kind::canceled)
      return false;
    live = live || what != run_outcome::kind::finished;
  }
  return live;
}

result<std::vector<task_result>> local_pipeline::run_threads() {
  for (auto& [position, station] : stations_)
    if (auto opened = station->open(); !opened)
      return opened.failure().wrap(station->task().name());
  std::vector<std::thread> threads;
  for (auto& [position, station] : stations_)
    threads.emplace_back([this, station = station.get()] {
      station->run_to_end(options_.batches_per_run);
      if (station->outcome().what != run_outcome::kind::finished)
        cancel();
    });
  for (auto& thread : threads)
    thread.join();
  return finish();
}

result<std::vector<task_result>> local_pipeline::finish() {
  std::vector<task_result> results;
  bool canceled = false;
  for (auto& [position, station] : stations_) {
    const run_outcome& outcome = station->outcome();
    if (outcome.what == run_outcome::kind::failed)
      return error{errc::failed, outcome.cause}.wrap(station->task().name());
    canceled = canceled || outcome.what == run_outcome::kind::canceled;
    for (auto& given : station->task().take_results())
      results.push_back(std::move(given));
  }
  if (canceled)
    return error{errc::canceled, "the pipeline was canceled"};
  return results;
}

void local_pipeline::cancel() {
  for (auto& [position, station] : stations_)
    station->cancel();
}

subtask& local_pipeline::at(std::uint32_t vertex, std::uint32_t number) {
  return stations_.at({vertex, number})->task();
}

std::uint64_t local_pipeline::peak_in_flight() const {
  std::uint64_t peak = 0;
  for (const auto& [position, station] : stations_)
    peak = std::max(peak, station->peak_in_flight());
  return peak;
}

} // namespace weir
