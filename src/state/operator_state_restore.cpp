#include "state/operator_state_restore.hpp"

#include "state/snapshot_blocks.hpp"
#include "state/snapshot_schema.hpp"

#include <weir/detail/state_value.hpp>

#include <algorithm>
#include <utility>

namespace weir {

namespace {

bool overlap(const snapshot_head& head, key_group_range groups) {
  return head.first_key_group <= groups.last && groups.first <= head.last_key_group;
}

} // namespace

operator_state_restore::operator_state_restore(operator_subtask who, std::vector<snapshot_chain> chains)
    : who_{std::move(who)},
      chains_{std::move(chains)},
      groups_{key_groups_of(who_.subtask, who_.parallelism, who_.max_parallelism)} {}

result<operator_state_restore> operator_state_restore::make(operator_subtask who,
                                                            std::vector<snapshot_chain> chains) {
  std::erase_if(chains, [](const snapshot_chain& chain) { return chain.empty(); });
  std::ranges::sort(chains, {}, [](const snapshot_chain& chain) { return chain.back()->head().subtask; });
  operator_state_restore restore{std::move(who), std::move(chains)};
  if (auto done = restore.check(); !done)
    return done.failure();
  return restore;
}

/// Whether the chains are all subtasks of one run: a part of a snapshot would pass for one with less state.
result<void> operator_state_restore::check() const {
  if (chains_.empty())
    return {};
  std::uint32_t parallelism = chains_[0].back()->head().parallelism;
  for (std::uint32_t i = 0; i < chains_.size(); ++i) {
    const snapshot_reader& file = *chains_[i].back();
    if (file.head().parallelism != parallelism || file.head().subtask != i)
      return error{errc::corrupt, "the snapshot of " + who_.name + " is not whole: " + file.path() +
                                      " is of subtask " + std::to_string(file.head().subtask) + " of " +
                                      std::to_string(file.head().parallelism) + ", where subtask " +
                                      std::to_string(i) + " of " + std::to_string(parallelism) +
                                      " should be"};
  }
  if (chains_.size() != parallelism)
    return error{errc::corrupt, "the snapshot of " + who_.name + " is not whole: it has the state of " +
                                    std::to_string(chains_.size()) + " subtasks of " +
                                    std::to_string(parallelism)};
  return {};
}

error operator_state_restore::refused(const detail::state_type& state, const std::string& why) const {
  return error{errc::invalid_argument,
               "the state " + state.name + " of " + who_.name + " cannot be restored: " + why};
}

/// Whether any file has the state; and that all that have it can be restored into it.
result<bool> operator_state_restore::find(const detail::state_type& state) {
  taken_.insert(state.name);
  bool found = false;
  for (const snapshot_chain& chain : chains_)
    for (const auto& file : chain)
      if (auto index = file->find(who_.of, state.name)) {
        found = true;
        if (std::string why = why_not_restorable(file->head().states[*index].type, state); !why.empty())
          return refused(state, why + " in " + file->path());
      }
  return found;
}

/// Each key group of this subtask must be in exactly one chain.
result<void> operator_state_restore::check_groups() const {
  std::uint32_t next = 0;
  for (const snapshot_chain& chain : chains_) {
    const snapshot_head& head = chain.back()->head();
    if (head.max_parallelism != who_.max_parallelism)
      return error{errc::invalid_argument, "the keyed state of " + who_.name +
                                               " cannot be restored: its max parallelism is " +
                                               std::to_string(who_.max_parallelism) + ", and was " +
                                               std::to_string(head.max_parallelism) + " when " +
                                               chain.back()->path() + " was written"};
    if (head.first_key_group != next)
      return error{errc::corrupt, "the snapshot of " + who_.name + " is not whole: " + chain.back()->path() +
                                      " begins with key group " + std::to_string(head.first_key_group) +
                                      " instead of " + std::to_string(next)};
    next = head.last_key_group + 1;
  }
  if (next != who_.max_parallelism)
    return error{errc::corrupt, "the snapshot of " + who_.name + " is not whole: it ends with key group " +
                                    std::to_string(next - 1)};
  return {};
}

result<void> operator_state_restore::fill(detail::keyed_state& state) {
  const detail::state_type& type = state.type();
  auto found = find(type);
  if (!found)
    return found.failure();
  if (!*found)
    return {};
  if (auto done = check_groups(); !done)
    return done;
  std::uint64_t entries = 0;
  for (const snapshot_chain& chain : chains_)
    for (const auto& file : chain)
      if (auto index = file->find(who_.of, type.name))
        entries += file->entries(*index, groups_);
  state.expect(entries);
  for (const snapshot_chain& chain : chains_) {
    if (!overlap(chain.back()->head(), groups_))
      continue;
    for (const auto& file : chain)
      if (auto index = file->find(who_.of, type.name))
        if (auto done = load(file, *index, state); !done)
          return done;
  }
  return {};
}

result<void> operator_state_restore::load(const std::shared_ptr<const snapshot_reader>& file,
                                          std::uint32_t state_in_file, detail::keyed_state& to) const {
  snapshot_blocks blocks{file};
  blocks.select(state_in_file, groups_);
  detail::state_block block;
  while (true) {
    auto more = blocks.next(block);
    if (!more)
      return more.failure();
    if (!*more)
      return {};
    if (std::string wrong = to.load(block); !wrong.empty())
      return file->damaged(blocks.offset(),
                           "the state " + to.type().name + " of " + who_.name + " cannot be read: " + wrong);
  }
}

result<std::vector<std::string>> operator_state_restore::elements(const detail::state_type& state) {
  auto found = find(state);
  if (!found)
    return found.failure();
  std::vector<std::string> elements;
  if (!*found)
    return elements;
  std::vector<std::uint64_t> stored;
  for (const snapshot_chain& chain : chains_) {
    auto index = chain.back()->find(who_.of, state.name);
    stored.push_back(index ? chain.back()->entries(*index, {0, 0}) : 0);
  }
  for (const element_range& range : elements_for(state.kind, stored, who_.subtask, who_.parallelism))
    if (auto done = read_elements(range, state.name, elements); !done)
      return done.failure();
  return elements;
}

result<void> operator_state_restore::read_elements(const element_range& range, const std::string& name,
                                                   std::vector<std::string>& to) const {
  const auto& file = chains_[range.from].back();
  if (range.count == 0)
    return {};
  snapshot_blocks blocks{file};
  blocks.select(*file->find(who_.of, name), {0, 0});
  detail::state_block block;
  std::uint64_t number = 0;
  while (number < range.first + range.count) {
    auto more = blocks.next(block);
    if (!more)
      return more.failure();
    if (!*more)
      return file->damaged(blocks.offset(), "it has fewer elements than its index says");
    detail::column_reader values{block.values};
    std::string_view value;
    for (std::uint32_t i = 0; i < block.entries; ++i, ++number) {
      if (!values.next(value))
        return file->damaged(blocks.offset(), "a block has fewer elements than it says");
      if (number >= range.first && number < range.first + range.count)
        to.emplace_back(value);
    }
  }
  return {};
}

std::vector<std::string> operator_state_restore::not_taken() const {
  std::set<std::string> names;
  for (const snapshot_chain& chain : chains_)
    for (const snapshot_state& state : chain.back()->head().states)
      if (state.of == who_.of && !taken_.contains(state.type.name))
        names.insert(state.type.name);
  return {names.begin(), names.end()};
}

} // namespace weir
