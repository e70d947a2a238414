#include "state/snapshot_fold.hpp"

#include "state/snapshot_blocks.hpp"
#include "state/snapshot_file.hpp"
#include "state/snapshot_key_numbers.hpp"
#include "state/snapshot_schema.hpp"

#include <weir/detail/bytes.hpp>
#include <weir/detail/state_value.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace weir {

namespace {

class fold {
public:
  /// `wall_ms`: what expired before is left out.
  fold(const snapshot_chain& chain, snapshot_file_writer& to, std::int64_t wall_ms, std::stop_token stop)
      : chain_{chain}, to_{to}, wall_ms_{wall_ms}, stop_{std::move(stop)} {
    for (const auto& file : chain)
      blocks_.emplace_back(file);
  }

  result<void> run() {
    const snapshot_head& newest = chain_.back()->head();
    for (state_ = 0; state_ < newest.states.size(); ++state_) {
      if (is_operator_state(newest.states[state_].type.kind)) {
        if (auto done = copy_elements(); !done)
          return done;
        continue;
      }
      if (auto done = find_in_files(newest.states[state_]); !done)
        return done;
      for (std::uint32_t group = newest.first_key_group; group <= newest.last_key_group; ++group)
        if (auto done = fold_group(group); !done)
          return done;
    }
    return {};
  }

private:
  /// Operator state is whole in each file.
  result<void> copy_elements() {
    blocks_.back().select(state_, {0, 0});
    while (true) {
      auto more = next(blocks_.back());
      if (!more)
        return more.failure();
      if (!*more)
        return {};
      if (auto done = to_.add(state_, in_); !done)
        return done;
    }
  }

  result<void> find_in_files(const snapshot_state& wanted) {
    state_in_file_.clear();
    for (const auto& file : chain_) {
      auto found = file->find(wanted.of, wanted.type.name);
      if (found)
        if (std::string why = why_not_restorable(file->head().states[*found].type, wanted.type); !why.empty())
          return error{errc::invalid_argument,
                       "the state " + wanted.type.name + " in " + file->path() + " cannot be folded: " + why};
      state_in_file_.push_back(found);
    }
    return {};
  }

  result<void> fold_group(std::uint32_t group) {
    numbers_.clear();
    numbers_.expect(changes_in(group));
    number_ = 0;
    out_.clear();
    out_.key_group = group;
    for (std::size_t i = chain_.size(); i-- > 0;) {
      if (!state_in_file_[i])
        continue;
      if (i != 0)
        if (auto done = number_changes(i, group); !done)
          return done;
      if (auto done = take_entries(i, group); !done)
        return done;
    }
    return emit();
  }

  /// Entries and removed keys of a group, over all files but the oldest.
  std::uint64_t changes_in(std::uint32_t group) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 1; i < chain_.size(); ++i)
      if (state_in_file_[i])
        for (const snapshot_run& run : chain_[i]->runs(*state_in_file_[i], {group, group}))
          sum += run.entries + run.removed;
    return sum;
  }

  /// Gives each key that no newer file knows the number of its last change in this file. Numbers begin with 1
  /// and go on from file to file.
  result<void> number_changes(std::size_t file, std::uint32_t group) {
    std::uint64_t first = number_ + 1;
    auto note = [&](std::string_view key) {
      std::uint64_t& last = numbers_[key];
      ++number_;
      if (last == 0 || last >= first)
        last = number_;
    };
    auto note_entry = [&](std::string_view key, std::string_view) -> result<void> {
      note(key);
      return {};
    };
    auto done = for_each_change(file, group, note_entry, note);
    number_ = first - 1; // take_entries() counts them again
    return done;
  }

  /// Writes the entries of a file that nothing newer, in it or in other files, has changed.
  result<void> take_entries(std::size_t file, std::uint32_t group) {
    auto take = [&](std::string_view key, std::string_view value) -> result<void> {
      ++number_;
      std::uint64_t last = numbers_.find(key);
      if ((last != number_ && !(last == 0 && file == 0)) || is_expired(value))
        return {};
      detail::append_to_column(out_.keys, key);
      detail::append_to_column(out_.values, value);
      ++out_.entries;
      return out_.size() < detail::state_block::size_wanted ? result<void>{} : emit();
    };
    return for_each_change(file, group, take, [&](std::string_view) { ++number_; });
  }

  [[nodiscard]] bool is_expired(std::string_view value) const {
    if (chain_.back()->head().states[state_].type.expires.after_ms == 0 || value.size() < 8)
      return false;
    auto expires = static_cast<std::int64_t>(detail::load_8(value.data()));
    return expires != 0 && expires <= wall_ms_;
  }

  /// Calls `entry(key, value)` and `removed(key)` in the order of the file.
  template <class Entry, class Removed>
  result<void> for_each_change(std::size_t file, std::uint32_t group, Entry entry, Removed removed) {
    snapshot_blocks& blocks = blocks_[file];
    blocks.select(*state_in_file_[file], {group, group});
    while (true) {
      auto more = next(blocks);
      if (!more)
        return more.failure();
      if (!*more)
        return {};
      detail::column_reader keys{in_.keys}, values{in_.values};
      std::string_view key, value;
      for (std::uint32_t i = 0; i < in_.entries; ++i) {
        if (!keys.next(key) || !values.next(value))
          return blocks.file().damaged(blocks.offset(), "a block has fewer entries than it says");
        if (auto done = entry(key, value); !done)
          return done;
      }
      for (std::uint32_t i = 0; i < in_.removed; ++i) {
        if (!keys.next(key))
          return blocks.file().damaged(blocks.offset(), "a block has fewer removed keys than it says");
        removed(key);
      }
      if (!keys.at_end() || !values.at_end())
        return blocks.file().damaged(blocks.offset(), "a block has more entries than it says");
    }
  }

  result<bool> next(snapshot_blocks& from) {
    if (stop_.stop_requested())
      return error{errc::canceled, "the folded snapshot is not wanted any more"};
    return from.next(in_);
  }

  result<void> emit() {
    auto done = to_.add(state_, out_);
    out_.clear(); // keeps the key group
    return done;
  }

  const snapshot_chain& chain_;
  snapshot_file_writer& to_;
  std::int64_t wall_ms_;
  std::stop_token stop_;
  std::vector<snapshot_blocks> blocks_; ///< of each file
  std::uint32_t state_ = 0;
  std::vector<std::optional<std::uint32_t>> state_in_file_;
  snapshot_key_numbers numbers_; ///< of the last change of each key
  std::uint64_t number_ = 0;     ///< of the present change
  detail::state_block in_;
  detail::state_block out_;
};

} // namespace

result<snapshot_report> fold_snapshots(platform& platform, const snapshot_chain& chain,
                                       const std::string& path, const snapshot_options& options,
                                       std::stop_token stop) {
  time_point start = platform.clock().now();
  snapshot_head head = chain.back()->head();
  head.parent = 0;
  auto file = snapshot_file_writer::create(platform.files(), path, std::move(head), options);
  if (!file)
    return file.failure();
  if (auto done = fold{chain, **file, platform.clock().wall_ms(), std::move(stop)}.run(); !done)
    return done.failure();
  time_point written = platform.clock().now();
  auto size = (*file)->finish();
  if (!size)
    return size.failure();
  return snapshot_report{*size, written - start, platform.clock().now() - written};
}

} // namespace weir
