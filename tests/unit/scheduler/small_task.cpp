#include "small_task.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace weir {

small_task::small_task(weir::deploy deployment, small_storage& storage, std::uint64_t records)
    : deployment_{std::move(deployment)}, storage_{storage}, records_{records} {
  for (const producer_location& each : deployment_.producers)
    inputs_[each.attempt];
}

std::string small_task::start() {
  const restored_state& restored = deployment_.restored;
  completed_ = highest_ = restored.checkpoint;
  if (!restored.operators.empty()) {
    const auto& chain = restored.operators[0].chains[deployment_.attempt.subtask];
    if (!chain.empty()) {
      for (const std::string& path : chain)
        if (!storage_.files.contains(path))
          return path + " is gone";
      state_ = storage_.files.at(chain.back()).first;
    }
  }
  if (is_sink() && !storage_.take_over(deployment_.attempt, std::exchange(state_.prepared, {})))
    return "the output has a later attempt";
  return "";
}

small_task::turn small_task::step(const draw& draw) {
  using move = std::function<turn()>;
  std::array<move, 4> moves{[&] { return hear(); }, [&] { return is_sink() ? read(draw) : emit(); },
                            [&] { return finish_write(draw); }, [&] { return finish(); }};
  for (std::size_t first = draw(moves.size()), i = 0; i < moves.size(); ++i)
    if (turn done = moves[(first + i) % moves.size()](); done.moved)
      return done;
  return {};
}

small_task::turn small_task::hear() {
  if (notices_.empty())
    return {};
  notice heard = notices_.front();
  notices_.pop_front();
  if (auto* trigger = std::get_if<trigger_checkpoint>(&heard))
    return is_sink() ? turn{.moved = true} : take(trigger->checkpoint, trigger->base);
  if (auto* done = std::get_if<checkpoint_completed>(&heard)) {
    complete(done->checkpoint);
    return {.moved = true};
  }
  checkpoint_id over = std::get<checkpoint_aborted>(heard).checkpoint;
  if (over > highest_)
    aborted_.insert(over);
  acknowledged_.erase(over);
  if (writing_ && writing_->checkpoint == over)
    writing_.reset();
  if (aligning_ == over) {
    aligning_ = 0;
    for (auto& [producer, each] : inputs_)
      each.blocked = false;
  }
  return {.moved = true};
}

void small_task::complete(checkpoint_id checkpoint) {
  if (checkpoint <= completed_ || !acknowledged_.contains(checkpoint))
    return;
  completed_ = checkpoint;
  final_ = final_ || (has_end_ && checkpoint >= *has_end_);
  std::erase_if(state_.prepared, [&](const small_transaction& each) {
    return each.checkpoint <= checkpoint && storage_.commit(deployment_.attempt, each);
  });
}

small_task::turn small_task::emit() {
  if (ended_)
    return {};
  if (state_.position < records_) {
    ++state_.position;
    outbox_.push_back({.what = small_item::kind::record});
    return {.moved = true};
  }
  ended_ = true;
  outbox_.push_back({.what = small_item::kind::end_of_data});
  return {.moved = true, .data_ended = true};
}

small_task::turn small_task::read(const draw& draw) {
  std::vector<std::pair<const attempt_id, input>*> ready;
  for (auto& each : inputs_)
    if (!each.second.blocked && !each.second.items.empty())
      ready.push_back(&each);
  if (ready.empty())
    return {};
  auto& [producer, from] = *ready[draw(ready.size())];
  small_item item = from.items.front();
  from.items.pop_front();
  switch (item.what) {
  case small_item::kind::record: {
    std::uint64_t& read = state_.read[producer.subtask];
    open_.try_emplace(producer.subtask, read, read).first->second.second = read + 1;
    ++read;
    break;
  }
  case small_item::kind::barrier:
    if (item.base > completed_)
      complete(item.base);
    if (item.checkpoint > highest_ && !aborted_.contains(item.checkpoint) && item.checkpoint >= aligning_) {
      if (item.checkpoint > aligning_) {
        for (auto& [other, each] : inputs_)
          each.blocked = false;
        aligning_ = item.checkpoint;
        aligning_base_ = item.base;
      }
      from.blocked = true;
      return take_if_aligned();
    }
    break;
  case small_item::kind::end_of_data:
    from.data_ended = true;
    ended_ = std::ranges::all_of(inputs_, [](const auto& each) { return each.second.data_ended; });
    break;
  case small_item::kind::end_of_partition:
    from.closed = true;
    return take_if_aligned();
  }
  return {.moved = true};
}

small_task::turn small_task::take_if_aligned() {
  bool aligned = aligning_ != 0 && std::ranges::all_of(inputs_, [](const auto& each) {
                   return each.second.blocked || each.second.closed;
                 });
  if (!aligned)
    return {.moved = true};
  for (auto& [producer, each] : inputs_)
    each.blocked = false;
  return take(std::exchange(aligning_, 0), aligning_base_);
}

small_task::turn small_task::take(checkpoint_id checkpoint, checkpoint_id base) {
  turn done{.moved = true};
  if (checkpoint <= highest_ || aborted_.contains(checkpoint) || partition_ended_)
    return done;
  highest_ = checkpoint;
  aborted_.erase(aborted_.begin(), aborted_.upper_bound(checkpoint));
  if (!is_sink())
    outbox_.push_back({.what = small_item::kind::barrier, .checkpoint = checkpoint, .base = base});
  if (writing_) {
    done.answer = decline_checkpoint{
        .attempt = deployment_.attempt, .checkpoint = checkpoint, .reason = "another is being written"};
    return done;
  }
  if (is_sink() && !open_.empty()) {
    small_transaction transaction{
        .by = deployment_.attempt, .checkpoint = checkpoint, .records = std::exchange(open_, {})};
    if (!storage_.prepare(transaction)) {
      done.failure = "the output has a later attempt";
      return done;
    }
    state_.prepared.push_back(transaction);
  }
  if (ended_ && !has_end_)
    has_end_ = checkpoint;
  bool of_changes = base != 0 && completed_ >= base;
  writing_ = write{.checkpoint = checkpoint, .base = of_changes ? completed_ : 0, .state = state_};
  return done;
}

small_task::turn small_task::finish_write(const draw& draw) {
  if (!writing_ || draw(2) == 0)
    return {};
  write done = *std::exchange(writing_, std::nullopt);
  turn result{.moved = true};
  if (storage_.closed)
    return result;
  snapshot_handle file{.path = to_string(deployment_.attempt) + "/" + std::to_string(done.checkpoint),
                       .size = 1,
                       .base = done.base};
  storage_.files.insert_or_assign(file.path, std::pair{done.state, deployment_.attempt});
  acknowledged_.insert(done.checkpoint);
  result.answer =
      acknowledge_checkpoint{.attempt = deployment_.attempt, .checkpoint = done.checkpoint, .state = file};
  return result;
}

small_task::turn small_task::finish() {
  bool closed = std::ranges::all_of(inputs_, [](const auto& each) { return each.second.closed; });
  if (!final_ || !closed || writing_)
    return {};
  if (!is_sink() && !std::exchange(partition_ended_, true)) {
    outbox_.push_back({.what = small_item::kind::end_of_partition});
    return {.moved = true};
  }
  // Nobody would get what is still here.
  return outbox_.empty() ? turn{.moved = true, .finished = true} : turn{};
}

} // namespace weir
