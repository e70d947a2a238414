#include "operators/operator_chain.hpp"

#include <algorithm>
#include <utility>

/// Event time, idleness and processing time in a chain.
namespace weir {

result<void> operator_chain::on_watermark(std::uint32_t entry, std::uint32_t channel,
                                          detail::event_time time) {
  auto [step, first] = entries_[entry];
  return guarded([&, step = step, stream = first + channel] {
    if (auto reached = step->time.advance(stream, time))
      pass_time(*step, *reached);
  });
}

void operator_chain::tell_time(chain_step& step, detail::event_time time) {
  running_.name = &step.name;
  step.op->flush();
  step.op->on_watermark(time);
  step.op->flush(); // what the time set free goes before it
}

void operator_chain::pass_time(chain_step& step, detail::event_time time) {
  tell_time(step, time);
  if (!step.makes_time)
    advance_readers(step, time);
}

void operator_chain::advance_readers(chain_step& step, detail::event_time time) {
  for (const auto& [reader, stream, output] : step.followers)
    if (auto reached = reader->time.advance(stream, time))
      pass_time(*reader, *reached);
}

void operator_chain::emit_watermark(chain_step& from, detail::event_time time) {
  time = std::min(time, detail::max_event_time - 1); // the last of all is the end
  if (time <= from.time_made)
    return;
  from.time_made = time;
  const std::string* caller = running_.name;
  tell_idleness(from, false);
  advance_readers(from, time);
  running_.name = caller;
}

void operator_chain::set_idle(chain_step& from) {
  const std::string* caller = running_.name;
  tell_idleness(from, true);
  running_.name = caller;
}

void operator_chain::tell_idleness(chain_step& step, bool idle) {
  if (std::exchange(step.idle, idle) == idle)
    return;
  if (step.makes_time) {
    // Records on any output end it.
    std::function<void()> resume;
    if (idle)
      resume = [this, &step] { tell_idleness(step, false); };
    for (std::uint32_t output = 0; output <= step.side_outputs.size(); ++output)
      step.out(output).before_next(resume);
  }
  if (step.on_idleness)
    step.on_idleness(idle);
  for (const auto& [reader, stream, output] : step.followers)
    if (idle)
      idle_stream(*reader, stream);
    else
      resume_stream(*reader, stream);
}

void operator_chain::idle_stream(chain_step& step, std::size_t stream) {
  if (auto reached = step.time.set_idle(stream))
    pass_time(step, *reached);
  if (!step.makes_time && step.time.is_idle())
    tell_idleness(step, true);
}

void operator_chain::resume_stream(chain_step& step, std::size_t stream) {
  step.time.set_active(stream);
  if (!step.makes_time)
    tell_idleness(step, false);
}

result<void> operator_chain::on_idleness(std::uint32_t entry, std::uint32_t channel, bool idle) {
  auto [step, first] = entries_[entry];
  return guarded([&, step = step, stream = first + channel] {
    if (idle)
      idle_stream(*step, stream);
    else
      resume_stream(*step, stream);
  });
}

void operator_chain::wake_at(chain_step& step, std::int64_t wall_ms) {
  step.wake_at_wall_ms = std::min(step.wake_at_wall_ms.value_or(wall_ms), wall_ms);
  wake_at_wall_ms_ = std::min(wake_at_wall_ms_.value_or(wall_ms), wall_ms);
}

result<void> operator_chain::on_processing_time(std::int64_t wall_ms) {
  return guarded([&] {
    for (auto& step : steps_) {
      if (step->ended || !step->wake_at_wall_ms || *step->wake_at_wall_ms > wall_ms)
        continue;
      step->wake_at_wall_ms.reset();
      running_.name = &step->name;
      step->op->on_processing_time(wall_ms);
    }
    wake_at_wall_ms_.reset();
    for (auto& step : steps_)
      if (!step->ended && step->wake_at_wall_ms)
        wake_at_wall_ms_ =
            std::min(wake_at_wall_ms_.value_or(*step->wake_at_wall_ms), *step->wake_at_wall_ms);
  });
}

void operator_chain::end_stream(chain_step& step, std::size_t stream) {
  if (auto reached = step.time.end(stream)) {
    // The last time of all stays here: records that are still to be drained come before it. The step's own
    // end passes it on.
    if (*reached == detail::max_event_time)
      tell_time(step, *reached);
    else
      pass_time(step, *reached);
  }
  if (!step.makes_time && step.time.is_idle())
    tell_idleness(step, true); // all that are left
  std::uint32_t input = step.input_of_stream[stream];
  if (--step.open_streams[input] == 0)
    end_input(step, input);
}

void operator_chain::end_input(chain_step& step, std::uint32_t input) {
  running_.name = &step.name;
  step.op->flush();
  if (!step.ended_before)
    step.op->end_of_input(input);
  if (--step.open_inputs == 0)
    draining_.push_back(&step);
}

detail::event_time operator_chain::align(chain_step& step, std::string_view group, detail::event_time time) {
  return setup_.alignment.report(job_, group, &step, time);
}

void operator_chain::hold_input(chain_step& step, bool hold) {
  if (std::exchange(step.holds_input, hold) == hold)
    return;
  auto change = [hold](std::uint32_t& holders) { holders += hold ? 1 : -1; };
  for (std::size_t source = 0; source < sources_.size(); ++source)
    if (reaches(*sources_[source], step))
      change(sources_held_[source]);
  for (std::size_t entry = 0; entry < entries_.size(); ++entry)
    if (reaches(*entries_[entry].step, step))
      change(entries_held_[entry]);
  released_ = released_ || !hold;
}

bool operator_chain::reaches(const chain_step& from, const chain_step& to) {
  return &from == &to || std::ranges::any_of(from.followers, [&](const auto& follower) {
    return reaches(*follower.step, to);
  });
}

} // namespace weir
