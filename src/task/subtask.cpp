#include "task/subtask.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace weir {

using activity = time_account::activity;

namespace {

/// Slow user code must not keep barriers and credit waiting for all the batches of a run. Many times what a
/// run of quick ones takes.
constexpr auto run_time_max = std::chrono::milliseconds{10};

/// The type of what goes over an edge. Throws std::invalid_argument when its producer emits nothing.
const detail::record_type& record_of(const subtask_setup& setup, const job_edge& edge) {
  const job_operator& producer = setup.graph->vertices[edge.from_vertex].operators[edge.from_operator];
  const detail::record_type* record =
      detail::record_of_output(setup.code->nodes.at(producer.node), edge.from_output);
  if (!record)
    throw std::invalid_argument{"operator '" + producer.name + "' emits nothing, but an edge begins there"};
  return *record;
}

} // namespace

subtask::subtask(subtask_setup setup, weir::platform& platform, subtask_transport& transport)
    : setup_{std::move(setup)}, platform_{platform}, transport_{transport} {
  if (!setup_.alignment)
    setup_.alignment = std::make_shared<watermark_alignment>();
}

result<void> subtask::open() {
  now_ = platform_.clock().now();
  time_.start(now_);
  auto built = check_subtask(*setup_.graph, setup_.attempt);
  if (built) {
    name_ = subtask_name(*setup_.graph, setup_.attempt);
    built = setup_.finalizes ? make_chain() : build();
  }
  if (!built || !(built = chain_->open())) {
    fail(built.failure().message());
    return built;
  }
  for (std::uint32_t in = 0; in < gate_.size(); ++in)
    gate_[in].protocol().start(now_);
  opening_ = gate_.size() > 0;
  open_channels();
  return {};
}

result<void> subtask::build() {
  if (auto sound = check(setup_.options.channels); !sound)
    return sound;
  auto numbered = number_channels(*setup_.graph, setup_.attempt, setup_.producers, setup_.consumers);
  if (!numbered)
    return numbered.failure();
  channels_ = std::move(*numbered);
  try {
    make_gate();
    make_partitions();
  } catch (const std::exception& thrown) {
    return error{errc::failed, std::string{"cannot make the channels: "} + thrown.what()};
  }

  if (auto made = make_chain(); !made)
    return made;
  sources_.resize(chain_->sources());
  data_ended_.resize(gate_.size());
  if (setup_.checkpoints)
    make_checkpoints();
  return {};
}

result<void> subtask::make_chain() {
  chain_setup chain{*setup_.graph,     *setup_.code, setup_.attempt,
                    platform_,         *canceled_,   setup_.options.collect_max_size,
                    *setup_.alignment, {},           {}};
  state_settings state = setup_.options.state;
  state.backend = setup_.graph->backend.value_or(state.backend);
  states_.emplace(platform_, std::move(state));
  chain.checkpointed = setup_.checkpoints.has_value();
  chain.restored = setup_.restored.checkpoint != 0;
  chain.goes_back = setup_.restored.goes_back;
  chain.only_sinks = setup_.finalizes;
  chain.make_states = [this](operator_subtask who) { return make_states(std::move(who)); };
  for (const auto& edge : channels_.edges_in)
    chain.entries.push_back({edge.edge, edge.count});
  for (std::size_t i = 0; i < partitions_.size(); ++i)
    chain.exits.push_back({channels_.edges_out[i].edge, partitions_[i].get(),
                           [to = partitions_[i].get()](bool idle) { to->send_idleness(idle); }});
  auto made = operator_chain::make(std::move(chain));
  if (!made)
    return made.failure();
  chain_ = std::move(*made);
  return {};
}

result<std::unique_ptr<operator_state_registry>> subtask::make_states(operator_subtask who) {
  std::vector<snapshot_chain> chains;
  auto restored = std::ranges::find(setup_.restored.operators, who.of, &restored_operator::of);
  if (restored != setup_.restored.operators.end())
    for (const auto& files : restored->chains) {
      auto chain = setup_.open_snapshot
                       ? open_snapshot_chain(setup_.open_snapshot, files, setup_.options.snapshots)
                       : open_snapshot_chain(platform_.files(), files, setup_.options.snapshots);
      if (!chain)
        return chain.failure().wrap("cannot restore from checkpoint " +
                                    std::to_string(setup_.restored.checkpoint));
      chains.push_back(std::move(*chain));
    }
  return states_->make(std::move(who), std::move(chains));
}

void subtask::make_checkpoints() {
  const job_vertex& vertex = setup_.graph->vertices[setup_.attempt.vertex];
  auto groups = key_groups_of(setup_.attempt.subtask, vertex.parallelism, vertex.max_parallelism);
  snapshot_head like;
  like.job = setup_.attempt.job;
  like.task = vertex.name;
  like.subtask = setup_.attempt.subtask;
  like.parallelism = vertex.parallelism;
  like.max_parallelism = vertex.max_parallelism;
  like.first_key_group = groups.first;
  like.last_key_group = groups.last;
  checkpoints_.emplace(task_checkpoints::surroundings{*chain_, partitions_, *setup_.checkpoints->transport,
                                                      platform_, std::move(like),
                                                      setup_.checkpoints->incremental},
                       gate_.size(), setup_.checkpoints->mode);
}

void subtask::make_gate() {
  channel_options options = setup_.options.channels;
  if (setup_.options.network_memory > 0 && !channels_.in.empty()) {
    std::uint64_t affordable = setup_.options.network_memory / channels_.in.size() / options.segment_size;
    options.buffers_per_channel =
        static_cast<std::uint32_t>(std::clamp<std::uint64_t>(affordable, 1, options.buffers_per_channel));
  }
  for (std::uint32_t e = 0; e < channels_.edges_in.size(); ++e) {
    const job_edge& edge = setup_.graph->edges[channels_.edges_in[e].edge];
    const auto& record = record_of(setup_, edge);
    for (std::uint32_t i = 0; i < channels_.edges_in[e].count; ++i) {
      gate_.add(record, options);
      entry_of_channel_.push_back(e);
    }
  }
}

void subtask::make_partitions() {
  const job_vertex& vertex = setup_.graph->vertices[setup_.attempt.vertex];
  for (const auto& run : channels_.edges_out) {
    const job_edge& edge = setup_.graph->edges[run.edge];
    const job_vertex& consumer = setup_.graph->vertices[edge.to_vertex];
    const auto& record = record_of(setup_, edge);
    const auto& code =
        setup_.code->nodes.at(consumer.operators[edge.to_operator].node).inputs.at(edge.graph_edge);
    std::vector<std::unique_ptr<out_channel>> outs;
    for (std::uint32_t i = 0; i < run.count; ++i) {
      outs.push_back(std::make_unique<out_channel>(run.first + i, record, setup_.options.channels, transport_,
                                                   blocked_channels_));
      out_channels_.push_back(outs.back().get());
    }
    detail::partitioner_context context{setup_.attempt.subtask, vertex.parallelism, consumer.max_parallelism,
                                        nullptr};
    partitions_.push_back(std::make_unique<result_partition>(code, edge.how, context, std::move(outs),
                                                             setup_.checkpoints.has_value()));
  }
}

run_outcome subtask::run(std::uint32_t max_batches) {
  auto canceled = [&] { return canceled_->load(std::memory_order_relaxed); };
  if (setup_.finalizes && !failure_)
    return {run_outcome::kind::finished, {}, {}};
  if (!failure_ && !canceled()) {
    try {
      auto outcome = run_batches(max_batches);
      transport_.deliver_items();
      if (outcome.what == run_outcome::kind::finished || (!failure_ && !canceled()))
        return outcome;
    } catch (const std::exception& thrown) {
      fail(thrown.what());
    }
  }
  if (canceled()) // what fails while it is being canceled fails because of that
    return {run_outcome::kind::canceled, {}, {}};
  return {run_outcome::kind::failed, {}, *failure_};
}

run_outcome subtask::run_batches(std::uint32_t max_batches) {
  // Between two runs with work left no time is lost but the scheduler's, so one reading a batch is enough.
  if (!running_on_)
    now_ = platform_.clock().now();
  time_.enter(activity::busy, now_);
  running_on_ = false;
  if (opening_)
    open_channels();
  if (credited_)
    pump();
  handle_notices();
  tell_processing_time();
  std::optional<time_point> first_done; // now_ may be from before the scheduler's turn
  for (std::uint32_t done = 0; done < max_batches && !failure_; ++done) {
    if (first_done && now_ - *first_done >= run_time_max)
      break;
    if (canceled_->load(std::memory_order_relaxed) || step() == progress::none)
      break;
    now_ = platform_.clock().now();
    if (!first_done)
      first_done = now_;
    tell_processing_time();
    flush_if_due();
  }
  end_outputs();
  if (!failure_ && is_done()) {
    results_ = chain_->take_results();
    return {run_outcome::kind::finished, {}, {}};
  }
  if (has_work()) {
    running_on_ = true;
    return {run_outcome::kind::more, {}, {}};
  }
  flush_if_due();
  return wait();
}

run_outcome subtask::wait() {
  time_.enter(blocked_channels_ > 0 ? activity::backpressured : activity::idle, now_);
  run_outcome outcome;
  auto earlier = [&](time_point at) {
    outcome.wake_at = outcome.wake_at ? std::min(*outcome.wake_at, at) : at;
  };
  if (dirty_ && setup_.graph->buffer_timeout_ms > 0)
    earlier(dirty_since_ + std::chrono::milliseconds{setup_.graph->buffer_timeout_ms});
  if (blocked_channels_ == 0) {
    for (std::uint32_t source = 0; source < sources_.size(); ++source)
      if (may_poll(source))
        earlier(sources_[source].poll_at);
    if (auto at = chain_->wake_at_wall_ms())
      earlier(now_ + std::chrono::milliseconds{std::max<std::int64_t>(*at - platform_.clock().wall_ms(), 1)});
  }
  for (std::uint32_t in = 0; opening_ && in < gate_.size(); ++in)
    if (auto at = gate_[in].protocol().wake_at())
      earlier(*at);
  return outcome;
}

bool subtask::has_work() const {
  if (blocked_channels_ > 0)
    return false;
  if (chain_->draining() || gate_.has_ready())
    return true;
  for (std::uint32_t source = 0; source < sources_.size(); ++source)
    if (may_poll(source) && sources_[source].poll_at <= now_)
      return true;
  return false;
}

bool subtask::may_poll(std::uint32_t source) const {
  return !sources_[source].ended && !chain_->is_held_source(source) &&
         !(checkpoints_ && checkpoints_->sources_blocked());
}

bool subtask::may_read(std::uint32_t in) const {
  return !chain_->is_held_entry(entry_of_channel_[in]) && !(checkpoints_ && checkpoints_->is_blocked(in));
}

bool subtask::is_done() const {
  return chain_->ended() && (!checkpoints_ || outputs_ended_) &&
         std::ranges::all_of(partitions_, [](const auto& to) { return to->is_done(); });
}

subtask::progress subtask::step() {
  if (blocked_channels_ > 0)
    return progress::none;
  if (chain_->draining()) {
    if (auto drained = chain_->drain(); !drained)
      fail(drained.failure().message());
  } else {
    // Sources and channels in turn, where a chain has both.
    bool polled = !(source_had_turn_ && gate_.has_ready()) && poll_a_source();
    source_had_turn_ = polled;
    if (!polled && !gate_.has_ready())
      return progress::none;
    if (!polled)
      read_channel(gate_.take_turn());
  }
  note_dirty();
  return progress::some;
}

void subtask::tell_processing_time() {
  // What an operator emits then needs credit like all else.
  auto at = chain_->wake_at_wall_ms();
  if (!at || blocked_channels_ > 0 || failure_)
    return;
  std::int64_t wall_ms = platform_.clock().wall_ms();
  if (wall_ms < *at)
    return;
  if (auto told = chain_->on_processing_time(wall_ms); !told)
    fail(told.failure().message());
  if (chain_->take_released())
    read_released();
  note_dirty();
}

void subtask::read_released() {
  for (std::uint32_t in = 0; in < gate_.size(); ++in)
    if (in != reading_) // its item is not released yet; it takes its turn when it is
      note_ready(in);
}

void subtask::note_dirty() {
  if (!std::exchange(dirty_, true))
    dirty_since_ = now_;
}

bool subtask::poll_a_source() {
  for (std::size_t tried = 0; tried < sources_.size(); ++tried) {
    std::uint32_t at = next_source_;
    next_source_ = next_source_ + 1 < sources_.size() ? next_source_ + 1 : 0;
    source_state& source = sources_[at];
    if (!may_poll(at) || source.poll_at > now_)
      continue;
    auto status = chain_->poll(at);
    if (!status) {
      fail(status.failure().message());
    } else if (*status == detail::source_operator::status::ended) {
      source.ended = true;
    } else if (*status == detail::source_operator::status::idle) {
      source.poll_at = now_ + std::chrono::milliseconds{chain_->retry_after_ms(at)};
    }
    return true;
  }
  return false;
}

void subtask::flush_if_due() {
  std::int64_t timeout = setup_.graph->buffer_timeout_ms;
  if (dirty_ && timeout >= 0 && now_ - dirty_since_ >= std::chrono::milliseconds{timeout})
    flush();
}

void subtask::flush() {
  dirty_ = false;
  if (auto flushed = chain_->flush(); !flushed)
    fail(flushed.failure().message());
  for (auto& partition : partitions_)
    partition->flush_channels();
  transport_.deliver_items();
}

void subtask::pump() {
  credited_ = false;
  for (auto& partition : partitions_)
    partition->pump();
}

void subtask::fail(std::string cause) {
  if (!failure_)
    failure_ = std::move(cause);
}

void subtask::close() noexcept {
  if (std::exchange(closed_, true))
    return;
  if (chain_)
    chain_->close();
  for (std::uint32_t in = 0; in < gate_.size(); ++in)
    if (!gate_[in].protocol().has_ended())
      transport_.close_channel(in);
}

task_metrics subtask::metrics() const {
  task_metrics metrics;
  metrics.records_in = records_in_;
  for (std::uint32_t in = 0; in < gate_.size(); ++in)
    metrics.bytes_in += gate_[in].bytes_received();
  for (const auto& partition : partitions_)
    metrics.records_out += partition->records_out();
  for (const auto* out : out_channels_)
    metrics.bytes_out += out->bytes_sent();
  time_point now = platform_.clock().now();
  metrics.busy_ms = time_.spent_ms(activity::busy, now);
  metrics.idle_ms = time_.spent_ms(activity::idle, now);
  metrics.backpressured_ms = time_.spent_ms(activity::backpressured, now);
  return metrics;
}

std::vector<operator_counts> subtask::operators() const {
  return chain_ ? chain_->counts() : std::vector<operator_counts>{};
}

std::vector<task_result> subtask::take_results() {
  return std::exchange(results_, {});
}

std::uint64_t subtask::network_memory() const {
  std::uint64_t bytes = 0;
  for (std::uint32_t in = 0; in < gate_.size(); ++in)
    bytes += gate_[in].bytes_waiting();
  for (const auto* out : out_channels_)
    bytes += out->bytes_waiting();
  return bytes;
}

} // namespace weir
