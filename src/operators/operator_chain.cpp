#include "operators/operator_chain.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <stdexcept>
#include <utility>

namespace weir {

operator_chain::operator_chain(chain_setup setup)
    : setup_{std::move(setup)}, job_{to_string(setup_.attempt.job)}, results_{setup_.collect_max_size} {}

result<std::unique_ptr<operator_chain>> operator_chain::make(chain_setup setup) {
  std::unique_ptr<operator_chain> chain{new operator_chain{std::move(setup)}};
  if (auto built = chain->build(); !built)
    return built.failure();
  return chain;
}

result<void> operator_chain::build() {
  auto plan = plan_chain(setup_.graph, setup_.code, setup_.attempt.vertex);
  if (!plan)
    return plan.failure();
  if (setup_.only_sinks)
    std::erase_if(plan->steps, [this](const chain_plan::step& each) {
      return !is_committing(setup_.graph.vertices[setup_.attempt.vertex].operators[each.last]);
    });
  entries_.resize(setup_.entries.size());
  entries_held_.resize(setup_.entries.size());
  operators_ = plan->steps.size();
  for (const auto& planned : plan->steps)
    steps_.push_back(std::make_unique<chain_step>(planned.name, running_));
  for (std::size_t s = 0; s < operators_ && !setup_.only_sinks; ++s) {
    if (auto connected = connect_inputs(*steps_[s], plan->steps[s]); !connected)
      return connected;
    if (auto connected = connect_exits(*steps_[s], plan->steps[s]); !connected)
      return connected;
  }
  return guarded([&] {
    for (std::size_t s = 0; s < operators_; ++s)
      make_operator(*steps_[s], plan->steps[s]);
    for (auto& step : steps_)
      connect_readers(*step);
  });
}

void operator_chain::connect_readers(chain_step& step) {
  for (const auto& [reader, stream, output] : step.followers)
    step.out(output).add({reader->op, reader->input_of_stream[stream], &reader->name, &reader->records_in});
}

result<void> operator_chain::connect_inputs(chain_step& step, const chain_plan::step& planned) {
  for (const auto& input : planned.inputs) {
    if (!input.network) {
      std::size_t stream = step.add_streams(input.input, 1);
      steps_[input.from]->followers.push_back({&step, stream, input.output});
      continue;
    }
    auto entry = std::ranges::find(setup_.entries, input.from, &chain_setup::entry::edge);
    if (entry == setup_.entries.end())
      return error{errc::invalid_argument,
                   "operator '" + step.name + "': nothing brings edge " + std::to_string(input.from)};
    entries_[static_cast<std::size_t>(entry - setup_.entries.begin())] = {
        &step, step.add_streams(input.input, entry->channels)};
  }
  return {};
}

result<void> operator_chain::connect_exits(chain_step& step, const chain_plan::step& planned) {
  for (std::uint32_t edge : planned.edges_out) {
    auto exit = std::ranges::find(setup_.exits, edge, &chain_setup::exit::edge);
    if (exit == setup_.exits.end())
      return error{errc::invalid_argument,
                   "operator '" + step.name + "': nothing takes edge " + std::to_string(edge)};
    const job_edge& to = setup_.graph.edges[edge];
    const auto& consumer = setup_.graph.vertices[to.to_vertex].operators[to.to_operator].name;
    steps_.push_back(
        std::make_unique<chain_step>("partitioner from " + step.name + " to " + consumer, running_));
    chain_step& added = *steps_.back();
    added.op = exit->to;
    added.on_idleness = exit->on_idleness;
    added.context.emplace(setup_, job_, added.name, operator_id{}, chain_context::outputs{}, results_,
                          static_cast<step_time&>(*this), added, make_states({}, added.name));
    step.followers.push_back({&added, added.add_streams(0, 1), to.from_output});
  }
  return {};
}

void operator_chain::make_operator(chain_step& step, const chain_plan::step& planned) {
  const auto& operators = setup_.graph.vertices[setup_.attempt.vertex].operators;
  const detail::graph_node& node = setup_.code.nodes[operators[planned.last].node];
  running_.name = &step.name;
  step.owned = planned.first == planned.last ? node.make() : node.make_fused();
  step.op = step.owned.get();
  step.add_side_outputs(node.side_outputs.size());
  chain_context::outputs to{node.record ? &step.output : nullptr, {}, &node.side_outputs};
  for (auto& side : step.side_outputs)
    to.sides.push_back(side.get());
  // Of operators that became one only the first may have state; it is found again when they are apart.
  const operator_id& id = operators[planned.first].id;
  step.context.emplace(setup_, job_, step.name, id, std::move(to), results_, static_cast<step_time&>(*this),
                       step, make_states(id, step.name));
  step.makes_time = planned.inputs.empty() || step.op->makes_time();
  if (!planned.inputs.empty())
    return;
  step.source = dynamic_cast<detail::source_operator*>(step.op);
  if (!step.source)
    throw std::logic_error{"it has no input, but is no source"};
  sources_.push_back(&step);
  sources_held_.push_back(0);
}

std::unique_ptr<operator_state_registry> operator_chain::make_states(const operator_id& of,
                                                                     const std::string& name) const {
  const job_vertex& vertex = setup_.graph.vertices[setup_.attempt.vertex];
  operator_subtask who{of, name, setup_.attempt.subtask, vertex.parallelism, vertex.max_parallelism};
  auto made = setup_.make_states ? setup_.make_states(std::move(who))
                                 : operator_state_registry::make({.who = std::move(who)});
  if (!made)
    throw detail::state_error{made.failure().message()};
  return std::move(*made);
}

result<void> operator_chain::open() {
  return guarded([&] {
    for (auto at = steps_.rbegin(); at != steps_.rend(); ++at) {
      chain_step& step = **at;
      running_.name = &step.name;
      step.opened = true;
      if (setup_.checkpointed)
        step.ended_before =
            step.end.open(step.context->states(), step.context->subtask(), step.context->parallelism());
      step.op->open(*step.context);
      for (const std::string& state : step.context->states().opened())
        states_not_taken_.push_back(state + " of " + step.name);
    }
    // An edge may have no channel to this subtask: `global`, to all but the first.
    for (auto& step : steps_)
      for (std::uint32_t input = 0; input < step->open_streams.size(); ++input)
        if (step->open_streams[input] == 0)
          end_input(*step, input);
  });
}

result<void> operator_chain::process(std::uint32_t entry, detail::batch_ptr& records) {
  auto [step, stream] = entries_[entry];
  return guarded([&, step = step, stream = stream] {
    running_.name = &step->name;
    step->records_in += records->size;
    step->op->process(step->input_of_stream[stream], records);
  });
}

result<void> operator_chain::end_of_input(std::uint32_t entry, std::uint32_t channel) {
  auto [step, first] = entries_[entry];
  return guarded([&, step = step, stream = first + channel] { end_stream(*step, stream); });
}

result<detail::source_operator::status> operator_chain::poll(std::uint32_t source) {
  auto status = detail::source_operator::status::more;
  auto polled = guarded([&] {
    chain_step& step = *sources_[source];
    running_.name = &step.name;
    status = step.source->poll();
    if (status == detail::source_operator::status::ended)
      draining_.push_back(&step);
  });
  if (!polled)
    return polled.failure();
  return status;
}

std::uint32_t operator_chain::retry_after_ms(std::uint32_t source) const {
  return sources_[source]->source->retry_after_ms();
}

result<void> operator_chain::flush() {
  return guarded([&] {
    for (auto& step : steps_) {
      running_.name = &step->name;
      step->op->flush();
    }
  });
}

result<void> operator_chain::drain() {
  assert(draining());
  return guarded([&] {
    chain_step& step = *draining_.front();
    running_.name = &step.name;
    if (!step.ended_before && step.op->drain())
      return;
    step.op->flush();
    draining_.pop_front();
    step.ended = true;
    step.end.note();
    ++ended_;
    for (const auto& [reader, stream, output] : step.followers)
      end_stream(*reader, stream);
  });
}

void operator_chain::close() noexcept {
  for (auto& step : steps_)
    if (std::exchange(step->opened, false)) {
      step->op->close();
      setup_.alignment.leave(step.get());
    }
}

std::vector<operator_counts> operator_chain::counts() const {
  std::vector<operator_counts> all;
  for (std::size_t s = 0; s < operators_; ++s)
    all.push_back({steps_[s]->name, steps_[s]->records_in, steps_[s]->output.records_out()});
  return all;
}

result<void> operator_chain::measure(task_measurements& into) {
  return guarded([&] {
    for (std::size_t s = 0; s < operators_; ++s) {
      chain_step& step = *steps_[s];
      running_.name = &step.name;
      for (auto& accumulator : step.context->metrics().accumulators())
        into.accumulators.push_back(std::move(accumulator));
      into.operators.push_back(
          {step.name, step.records_in, step.output.records_out(), step.context->metrics().metrics()});
    }
    std::optional<detail::event_time> input, output;
    auto note = [](auto& least, detail::event_time time) { least = least ? std::min(*least, time) : time; };
    for (const entry_point& entry : entries_)
      note(input, entry.step->time.minimum());
    for (const chain_step* source : sources_)
      note(input, source->time_made);
    for (const auto& step : steps_)
      if (step->followers.empty())
        note(output, step->makes_time ? step->time_made : step->time.minimum());
    into.input_watermark = input.value_or(detail::min_event_time);
    into.output_watermark = output.value_or(detail::min_event_time);
  });
}

} // namespace weir
