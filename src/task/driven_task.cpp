#include "task/driven_task.hpp"

#include "exchange/result_partition.hpp"

#include <algorithm>
#include <stdexcept>

namespace weir {

namespace {

/// The door to the test that drives the job.
void check(const result<void>& done) {
  if (!done)
    throw std::runtime_error{done.failure().message()};
}

constexpr std::size_t results_max = 16 * 1024 * 1024; // collect.max-size

} // namespace

/// An edge out of the task: to the chain its last operator.
class driven_task::edge_out final : public detail::stream_operator, private detail::channel_writer {
public:
  edge_out(const driven_task& of, std::uint32_t edge) : of_{of}, edge_{edge} {}

  [[nodiscard]] std::uint32_t edge() const { return edge_; }

  void connect(std::vector<std::pair<driven_task*, event>> to) {
    to_ = std::move(to);
    const job_edge& edge = of_.around_.graph.edges[edge_];
    const job_vertex& consumer = of_.around_.graph.vertices[edge.to_vertex];
    const auto& node = of_.around_.code.nodes.at(consumer.operators[edge.to_operator].node);
    detail::partitioner_context context{of_.subtask_, of_.around_.graph.vertices[of_.vertex_].parallelism,
                                        consumer.max_parallelism, this};
    partitioner_ = make_partitioner(node.inputs.at(edge.graph_edge), edge.how, context);
  }

  void open(detail::operator_context& context) override { partitioner_->open(context); }
  void process(std::uint32_t input, detail::batch_ptr& records) override {
    partitioner_->process(input, records);
  }
  void flush() override { partitioner_->flush(); }
  void on_watermark(detail::event_time time) override {
    if (time != detail::max_event_time)
      tell_all(event::kind::watermark, time);
  }
  void end_of_input(std::uint32_t input) override {
    partitioner_->end_of_input(input);
    partitioner_->flush();
    tell_all(event::kind::end, 0);
  }
  void send_idleness(bool idle) { tell_all(idle ? event::kind::idle : event::kind::active, 0); }
  void close() noexcept override {
    if (partitioner_)
      partitioner_->close();
  }

private:
  [[nodiscard]] std::uint32_t channels() const override { return static_cast<std::uint32_t>(to_.size()); }
  void send(std::uint32_t channel, detail::batch_ptr& records) override {
    auto& [task, like] = to_[channel];
    event happened = like;
    happened.records = std::move(records);
    records = {};
    task->post(std::move(happened));
  }
  void tell_all(event::kind what, detail::event_time time) {
    for (auto& [task, like] : to_) {
      event happened = like;
      happened.what = what;
      happened.time = time;
      task->post(std::move(happened));
    }
  }

  const driven_task& of_;
  std::uint32_t edge_;
  std::vector<std::pair<driven_task*, event>> to_;
  std::unique_ptr<detail::stream_operator> partitioner_;
};

driven_task::driven_task(const surroundings& around, std::uint32_t vertex, std::uint32_t subtask)
    : around_{around}, vertex_{vertex}, subtask_{subtask} {
  for (std::uint32_t e = 0; e < around.graph.edges.size(); ++e) {
    if (around.graph.edges[e].from_vertex == vertex)
      edges_out_.push_back(std::make_unique<edge_out>(*this, e));
    if (around.graph.edges[e].to_vertex == vertex)
      edges_in_.push_back(e);
  }
}

driven_task::~driven_task() = default;

void driven_task::connect(std::uint32_t edge, std::vector<std::pair<driven_task*, event>> to) {
  for (auto& out : edges_out_)
    if (out->edge() == edge)
      out->connect(std::move(to));
}

void driven_task::open() {
  attempt_id attempt{{}, vertex_, subtask_, {}, around_.options.attempt};
  chain_setup setup{
      around_.graph, around_.code, attempt, around_.platform, canceled_, results_max, alignment_, {}, {}, {}};
  for (auto& out : edges_out_)
    setup.exits.push_back({out->edge(), out.get(), [to = out.get()](bool idle) { to->send_idleness(idle); }});
  for (std::uint32_t e : edges_in_)
    setup.entries.push_back({e, static_cast<std::uint32_t>(
                                    producers_of(around_.graph, around_.graph.edges[e], subtask_).size())});
  setup.make_states = around_.make_states;
  setup.checkpointed = around_.options.checkpoints;
  setup.restored = !around_.options.snapshot.empty();
  auto made = operator_chain::make(std::move(setup));
  if (!made)
    throw std::runtime_error{made.failure().message()};
  chain_ = std::move(*made);
  check(chain_->open());
  source_ended_.resize(chain_->sources());
}

void driven_task::settle() {
  for (; !line_.empty(); line_.pop_front()) {
    event& next = line_.front();
    switch (next.what) {
    case event::kind::records:
      check(chain_->process(next.entry, next.records));
      break;
    case event::kind::watermark:
      check(chain_->on_watermark(next.entry, next.channel, next.time));
      break;
    case event::kind::idle:
    case event::kind::active:
      check(chain_->on_idleness(next.entry, next.channel, next.what == event::kind::idle));
      break;
    case event::kind::end:
      check(chain_->end_of_input(next.entry, next.channel));
      break;
    }
  }
  if (!around_.options.paced)
    for (std::uint32_t source : live_sources())
      while (poll(source) == detail::source_operator::status::more) {
      }
  while (chain_->draining())
    check(chain_->drain());
  check(chain_->flush());
}

std::vector<std::uint32_t> driven_task::live_sources() const {
  std::vector<std::uint32_t> live;
  for (std::uint32_t source = 0; source < source_ended_.size(); ++source)
    if (!source_ended_[source])
      live.push_back(source);
  return live;
}

detail::source_operator::status driven_task::poll(std::uint32_t source) {
  auto polled = chain_->poll(source);
  if (!polled)
    throw std::runtime_error{polled.failure().message()};
  source_ended_[source] = *polled == detail::source_operator::status::ended;
  return *polled;
}

void driven_task::on_processing_time(std::int64_t wall_ms) {
  if (auto at = chain_->wake_at_wall_ms(); at && *at <= wall_ms)
    check(chain_->on_processing_time(wall_ms));
}

std::vector<operator_state_cut> driven_task::freeze(std::uint64_t number) {
  auto cuts = chain_->freeze(number, detail::cut_kind::standalone);
  if (!cuts)
    throw std::runtime_error{cuts.failure().message()};
  return std::move(*cuts);
}

} // namespace weir
