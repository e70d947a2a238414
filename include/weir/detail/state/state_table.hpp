#pragma once

#include <weir/detail/state/byte_store.hpp>
#include <weir/detail/state/cut_log.hpp>
#include <weir/detail/state/slot_array.hpp>
#include <weir/detail/state/table_view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::detail {

/// A table of a subtask's entries, for operators that update it batch by batch: prefetch() for all hashes of
/// a batch, then find() for each. The misses of a batch overlap, which at a million keys and more makes this
/// faster than a plain loop over the same table.
///
/// Entries lie in the order of their hashes (hash_range.hpp), so a key group is a range of slots. A table
/// that is full moves over to a larger one little by little, from its front; what has moved ends where no
/// search runs across, so a hash tells which of the two it is in. Cuts: table_reader.hpp.
template <class Entry>
class state_table {
public:
  using array = slot_array<Entry>;
  using record = typename array::record;
  using slot = typename array::slot;
  using entry_type = Entry;

  struct options {
    hash_range range = {};
    bool expires = false; ///< entries have a time: time_of()
    bool flags = false;   ///< entries have flags: flags_of()
  };

  explicit state_table(Entry entry, options how = {}) : entry_{std::move(entry)}, how_{how} {
    view_.entry_ = entry_;
    use(make_array(smallest));
  }
  state_table(const state_table&) = delete;
  state_table& operator=(const state_table&) = delete;

  using view = table_view<Entry>;

  /// Records that it finds may be changed; it finds none while changes must be told of.
  [[nodiscard]] view quick_view() const {
    view quick = view_;
    if (tracking_)
      quick.count_ = 0;
    return quick;
  }

  /// Lookups of these hashes follow.
  void prefetch(const std::uint64_t* hashes, std::uint32_t count) const {
    if (places_ * sizeof(slot) <= cached_anyway)
      return;
    for (std::uint32_t i = 0; i < count; ++i)
      prefetch(hashes[i]);
  }

  /// The record with that key, to be changed at once; nullptr when it is not there or find() must be asked.
  template <class Lookup>
  [[gnu::always_inline]] record* find_quickly(const Lookup& key, std::uint64_t hash) const {
    return tracking_ ? nullptr : view_.find(key, hash);
  }

  /// The record with that key, to be read; nullptr when there is none.
  template <class Lookup>
  [[gnu::always_inline]] record* peek(const Lookup& key, std::uint64_t hash) const {
    hash = array::stored(hash);
    std::size_t place = view_.place_of_(hash);
    if constexpr (array::in_lines)
      if (key == 0) [[unlikely]]
        return main_->has_zero ? &main_->at(main_->zero_place()) : nullptr;
    if (place - view_.first_ >= view_.count_) [[unlikely]]
      return peek_next(key, hash);
    return array::search(entry_, view_.slots_ + place * array::unit, key, hash);
  }

  /// The same, to be changed.
  template <class Lookup>
  [[gnu::always_inline]] record* find(const Lookup& key, std::uint64_t hash) {
    record* found = peek(key, hash);
    if (tracking_ && found) [[unlikely]]
      change(*found);
    return found;
  }

  /// The record with that key, to be changed, and whether it is new: then it is what `make()` gave, with
  /// texts copied.
  template <class Lookup, class Make>
  [[gnu::always_inline]] std::pair<record*, bool> find_or_make(const Lookup& key, std::uint64_t hash,
                                                               Make&& make) {
    if (record* found = find(key, hash)) [[likely]]
      return {found, false};
    return {insert(hash, std::forward<Make>(make)), true};
  }

  /// Adds a record whose key is not there. `is_new`: it counts as a change, and as a key that no cut has.
  template <class Make>
  [[gnu::noinline]] record* insert(std::uint64_t hash, Make&& make, bool is_new = true) {
    hash = array::stored(hash);
    make_room();
    decltype(auto) made = make();
    auto [to, i] = free_slot(entry_.key(static_cast<const record&>(made)), hash);
    mark(*to, i, [is_new](auto& marks, std::uint64_t bit) { marks.set(bit, is_new, false, is_new); });
    if constexpr (array::in_lines) {
      to->slots[i] = made;
      if (to->is_zero_place(i))
        to->has_zero = true;
    } else {
      ::new (static_cast<void*>(&to->at(i))) record(std::forward<decltype(made)>(made));
      to->slots[i].hash = hash;
    }
    if (how_.expires)
      to->times[i] = 0;
    if (how_.flags)
      to->flags[i] = 0;
    ++size_;
    record& added = to->at(i);
    keep_texts(added, *bytes_);
    return &added;
  }

  /// Must be called before a record that peek() gave is changed.
  [[gnu::noinline]] void change(record& of) {
    array& in = array_of(&of);
    mark(in, in.index_of(&of), [](auto& marks, std::uint64_t bit) { marks.dirty |= bit; });
  }

  /// Must be called before a record is written in a way that no cut shows.
  void touch(record& of) {
    array& in = array_of(&of);
    mark(in, in.index_of(&of), [](auto&, std::uint64_t) {});
  }

  /// Changes a record that has texts by `f(record)`.
  template <class F>
  void change_texts(record& of, F&& f) {
    detail::change_texts(of, *bytes_, std::forward<F>(f));
  }

  /// Gives a text of a record other bytes.
  void set_text(weir::text& of, std::string_view bytes) { bytes_->set(of, bytes); }

  struct erased {
    bool known;   ///< an earlier cut may have the key
    bool changed; ///< the record changed since the last confirmed cut
  };

  /// Removes a record. Moves other records.
  erased erase(record& of) {
    array& in = array_of(&of);
    std::size_t hole = in.index_of(&of);
    release_texts(of, *bytes_);
    erased result{tracking_, false};
    mark(in, hole, [&](auto& marks, std::uint64_t bit) {
      result = {(marks.fresh & bit) == 0, ((marks.dirty | marks.dirty_before) & bit) != 0};
    });
    --size_;
    if constexpr (array::in_lines) {
      if (in.is_zero_place(hole)) {
        in.has_zero = false;
        return result;
      }
      hole = close(in, hole);
      in.slots[hole] = record{};
    } else {
      std::destroy_at(&of);
      hole = close(in, hole);
      in.slots[hole].hash = 0;
    }
    return result;
  }

  [[nodiscard]] std::int64_t& time_of(const record& of) const {
    array& in = array_of(&of);
    return in.times[in.index_of(&of)];
  }
  [[nodiscard]] std::uint8_t& flags_of(const record& of) const {
    array& in = array_of(&of);
    return in.flags[in.index_of(&of)];
  }
  /// The hash a record was added with; 1 for 0.
  [[nodiscard]] std::uint64_t hash_of(const record& of) const {
    array& in = array_of(&of);
    return in.hash_of(in.slots[in.index_of(&of)]);
  }

  [[nodiscard]] std::size_t size() const { return size_; }
  /// Changes are recorded: a cut is read, or a later one may ask for them.
  [[nodiscard]] bool tracks() const { return tracking_; }

  /// Calls `visit(record)` for records from place `from` on until `limit` were visited; returns the place to
  /// go on from, or end() after the last. Nothing is added or removed between the calls of one walk.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    auto walk = [&](array& in, std::size_t first, std::size_t offset) {
      from = std::max(from, offset + first);
      for (; from < offset + in.slots.size() && limit > 0; ++from) {
        if (in.occupied(from - offset)) {
          visit(in.at(from - offset));
          --limit;
        }
      }
    };
    if (from < main_->slots.size())
      walk(*main_, boundary_, 0);
    if (next_ && from >= main_->slots.size())
      walk(*next_, 0, main_->slots.size());
    return from;
  }
  [[nodiscard]] std::size_t end() const { return main_->slots.size() + (next_ ? next_->slots.size() : 0); }

  /// Makes room for so many entries at once. Only while there are none.
  void reserve(std::uint64_t entries) {
    std::size_t places = smallest;
    while (limit_of(places) <= entries)
      places *= 2;
    if (size_ == 0 && !log_ && places > places_)
      use(make_array(places));
  }

  /// Between two batches: goes on moving to another size, and texts to where they leave less room.
  void tend() {
    if (log_ && log_->finished.load(std::memory_order_acquire))
      end_cut();
    if constexpr (contains_text<record>)
      if (bytes_->tend())
        move_texts();
    if (!next_ && places_ > shrink_above && size_ < places_ / 16)
      resize(places_ / 4);
    if (next_)
      move_some(moved_per_batch);
  }

  /// Goes over to half the places, at once, where the entries fit there.
  bool halve() {
    if (places_ <= smallest || size_ >= limit_of(places_ / 2))
      return false;
    finish_move();
    resize(places_ / 2);
    finish_move();
    return true;
  }

  /// A place to go on from for walks that may miss entries: the slot count, and a slot's record or nullptr.
  [[nodiscard]] std::size_t slot_count() const { return end(); }
  [[nodiscard]] record* slot_record(std::size_t i) {
    array& in = i < main_->slots.size() ? *main_ : *next_;
    if (&in == next_.get())
      i -= main_->slots.size();
    else if (i < boundary_)
      return nullptr;
    return in.occupied(i) ? &in.at(i) : nullptr;
  }

  /// How much memory the next addition takes for a larger array; mostly 0.
  [[nodiscard]] std::size_t growth_ahead() const {
    return size_ >= limit_ ? main_->memory() + std::min(main_->memory(), dropped_at_once) : 0;
  }

  /// Bytes of memory, what a cut keeps included; not what values have allocated.
  [[nodiscard]] std::size_t memory() const { return memory_of_slots() + bytes_->memory(); }
  /// What that comes down to in a while, when texts have been moved.
  [[nodiscard]] std::size_t memory_needed() const { return memory_of_slots() + bytes_->needed(); }

  /// What another thread needs to read the table as it is now.
  struct frozen {
    struct part {
      std::shared_ptr<array> slots;
      std::size_t begin;
    };
    Entry entry;
    std::vector<part> parts;
    std::shared_ptr<byte_store> bytes;
    std::shared_ptr<cut_log<slot>> log;
    bool expires;
  };

  /// Fixes the table as it is now. The one before must be finished. Without `changes_follow` records are
  /// found as quickly as before once the cut is read, and the changes since it are not known.
  frozen freeze(bool changes_follow = true) {
    if (log_) {
      if (!log_->finished.load(std::memory_order_acquire))
        throw std::logic_error{"a state is frozen while its last cut is still read"};
      end_cut();
    }
    tracking_ = true;
    changes_follow_ = changes_follow;
    base_ = confirmed_;
    log_ = std::make_shared<cut_log<slot>>(++version_, confirmed_,
                                           main_->segments.size() + (next_ ? next_->segments.size() : 0));
    last_log_ = log_;
    if constexpr (contains_text<record>)
      bytes_->hold();
    frozen now{entry_, {{main_, boundary_}}, bytes_, log_, how_.expires};
    if (next_)
      now.parts.insert(now.parts.begin(), {next_, 0});
    return now;
  }
  /// The number of the last freeze, from 1.
  [[nodiscard]] std::uint32_t version() const { return version_; }
  [[nodiscard]] std::uint32_t confirmed() const { return confirmed_; }
  /// Later changes count from that freeze.
  void confirm(std::uint32_t version) { confirmed_ = std::max(confirmed_, version); }

private:
  static constexpr std::size_t smallest = 64;
  static constexpr std::size_t moved_at_once = 16 * 1024; ///< tables up to this size move in one step
  static constexpr std::size_t moved_per_batch = 4096;
  static constexpr std::size_t moved_per_insert = 16;
  static constexpr std::size_t shrink_above = 64 * 1024;
  static constexpr std::size_t texts_looked_at = 2048;            ///< slots per batch
  static constexpr std::size_t dropped_at_once = 2 * 1024 * 1024; ///< bytes of slots that have moved
  static constexpr std::size_t cached_anyway = 256 * 1024;        ///< bytes of slots that need no prefetching

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const {
    std::size_t place = view_.place_of_(hash);
    if (place - view_.first_ >= view_.count_) [[unlikely]] {
      if (place < view_.first_)
        __builtin_prefetch(&next_->slots[next_->home(hash)], 1);
      return;
    }
    __builtin_prefetch(view_.slots_ + place * array::unit, 1);
    if (tracking_)
      __builtin_prefetch(&main_->segments[place * array::unit / slots_per_segment], 1);
  }

  /// Entries that so many places take. A small table stays in the processor's cache, so it can be emptier and
  /// probe less; in front of a store, what is not here costs far more than a longer search.
  [[nodiscard]] std::size_t limit_of(std::size_t places) const {
    constexpr std::size_t small = 1 << 15;
    if (how_.flags)
      return places / 4 * 3;
    return places <= small ? places / 4 : places / 8 * 5;
  }

  [[nodiscard]] std::size_t memory_of_slots() const {
    // Pages of the next array are taken as it fills up, from its front as well.
    std::size_t moved_to = next_ ? next_->memory() / main_->end * boundary_ : 0;
    std::size_t kept = 0;
    if (auto log = last_log_.lock()) // the reader may have it for longer than the table
      kept = log->memory.load(std::memory_order_relaxed) + log->copied.load(std::memory_order_relaxed);
    return main_->memory() - dropped_ * sizeof(slot) + moved_to + kept;
  }

  std::shared_ptr<array> make_array(std::size_t places) {
    auto made = std::make_shared<array>(entry_, how_.range, places, how_.expires, version_);
    if (how_.flags)
      made->flags = page_array<std::uint8_t>{made->slots.size()};
    return made;
  }

  void use(std::shared_ptr<array> slots) {
    main_ = std::move(slots);
    next_ = nullptr;
    places_ = main_->places;
    limit_ = limit_of(places_);
    view_.place_of_ = main_->place_of;
    view_.slots_ = main_->slots.data();
    set_boundary(0);
    dropped_ = 0;
  }

  /// Slots before it have moved. May be the end, where no place is left.
  void set_boundary(std::size_t slots) {
    boundary_ = slots;
    view_.first_ = std::min(slots / array::unit, view_.place_of_.count());
    view_.count_ = view_.place_of_.count() - view_.first_;
  }

  [[nodiscard]] array& array_of(const record* of) const {
    if (next_) {
      auto at = reinterpret_cast<std::uintptr_t>(of);
      auto first = reinterpret_cast<std::uintptr_t>(next_->slots.data());
      if (at - first < next_->slots.size() * sizeof(slot))
        return *next_;
    }
    return *main_;
  }

  template <class Lookup>
  [[gnu::noinline]] record* peek_next(const Lookup& key, std::uint64_t hash) const {
    check_place(hash);
    return array::search(entry_, &next_->slots[next_->home(hash)], key, hash);
  }

  /// A hash leads to the places that are there.
  void check_place(std::uint64_t hash) const {
    if (view_.place_of_(hash) >= view_.place_of_.count())
      throw std::logic_error{"a record came to a subtask that does not own its key group"};
  }

  struct place {
    array* in;
    std::size_t index;
  };

  template <class Lookup>
  place free_slot(const Lookup& key, std::uint64_t hash) {
    if constexpr (array::in_lines)
      if (key == 0)
        return {main_.get(), main_->zero_place()};
    check_place(hash);
    while (true) {
      array& in = view_.place_of_(hash) < view_.first_ ? *next_ : *main_;
      std::size_t i = in.free_slot(hash);
      if (i < in.end) [[likely]]
        return {&in, i};
      // The tail is full: more keys than the load explains have the greatest hashes.
      if (size_ < places_ / 64)
        throw std::length_error{"too many keys have nearly the same hash"};
      finish_move();
      resize(places_ * 2);
      finish_move();
    }
  }

  void make_room() {
    if (size_ >= limit_) [[unlikely]] {
      finish_move();
      resize(places_ * 2);
    }
    if (next_) [[unlikely]]
      move_some(moved_per_insert);
  }

  /// Begins to move to an array of another size.
  void resize(std::size_t places) {
    next_ = make_array(places);
    limit_ = limit_of(next_->places);
    if (places_ <= moved_at_once)
      finish_move();
  }

  void finish_move() {
    while (next_)
      move_some(main_->slots.size());
  }

  /// Moves the entries of at least so many slots, up to where no search runs across.
  void move_some(std::size_t count) {
    std::size_t i = boundary_;
    std::size_t stop = std::min(main_->end, i + count);
    while (i < main_->end) {
      bool free = false;
      for (std::size_t k = 0; k < array::unit; ++k, ++i) {
        if (main_->occupied(i))
          move_over(i);
        else
          free = true;
      }
      if (i >= stop && free)
        break;
    }
    main_->begin = i;
    set_boundary(i);
    if (i >= main_->end) {
      if (array::in_lines && main_->has_zero)
        move_zero();
      use(std::move(next_));
      return;
    }
    drop_moved();
  }

  void move_over(std::size_t i) {
    std::size_t to = next_->free_slot(main_->hash_of(main_->slots[i]));
    if (to >= next_->end)
      throw std::length_error{"too many keys have nearly the same hash"};
    move_slot(*main_, i, *next_, to, !std::is_trivially_copyable_v<record>);
  }

  void move_zero() {
    move_slot(*main_, main_->zero_place(), *next_, next_->zero_place(), false);
    next_->has_zero = true;
  }

  /// Moves the record of one slot to a free one with all that belongs to it. `spoils`: the old slot is
  /// written by that, or will be.
  void move_slot(array& from, std::size_t i, array& to, std::size_t j, bool spoils) {
    bool dirty = false, before = false, fresh = false;
    auto read = [&](auto& marks, std::uint64_t bit) {
      dirty = (marks.dirty & bit) != 0;
      before = (marks.dirty_before & bit) != 0;
      fresh = (marks.fresh & bit) != 0;
    };
    if (spoils)
      mark(from, i, read);
    else
      with_marks<false>(from, i, read);
    mark(to, j, [&](auto& marks, std::uint64_t bit) { marks.set(bit, dirty, before, fresh); });
    if constexpr (array::in_lines) {
      to.slots[j] = from.slots[i];
    } else {
      ::new (static_cast<void*>(&to.at(j))) record(std::move(from.at(i)));
      std::destroy_at(&from.at(i));
      to.slots[j].hash = from.slots[i].hash;
    }
    if (how_.expires)
      to.times[j] = from.times[i];
    if (how_.flags)
      to.flags[j] = from.flags[i];
  }

  /// Fills a hole by records behind it whose search comes across it. Returns the hole that is left.
  std::size_t close(array& in, std::size_t hole) {
    while (auto from = in.filler_of(hole)) {
      move_slot(in, *from, in, hole, true);
      hole = *from;
    }
    return hole;
  }

  /// Gives the memory of slots that have moved back, unless a cut may read it.
  void drop_moved() {
    if (log_ && main_->created < version_)
      return;
    if ((boundary_ - dropped_) * sizeof(slot) < dropped_at_once)
      return;
    main_->slots.drop(dropped_, boundary_);
    dropped_ = boundary_;
  }

  /// Calls `f(segment, bit)` before slot `i` is written; the running cut gets the slot as it was.
  template <class F>
  void mark(array& in, std::size_t i, F&& f) {
    with_marks<true>(in, i, std::forward<F>(f));
  }

  template <bool Writes, class F>
  void with_marks(array& in, std::size_t i, F&& f) {
    if (!tracking_)
      return;
    auto& marks = in.segments[i / slots_per_segment];
    std::uint64_t bit = std::uint64_t{1} << (i % slots_per_segment);
    if (log_ && in.created < version_ && marks.taken.load(std::memory_order_acquire) != version_) {
      std::lock_guard guard{marks};
      marks.advance(version_, log_->confirmed);
      if (Writes && (marks.touched & bit) == 0 && marks.taken.load(std::memory_order_relaxed) != version_)
        keep(*log_, in, i);
      f(marks, bit);
    } else {
      marks.advance(version_, base_);
      f(marks, bit);
    }
  }

  void move_texts() {
    for (std::size_t i = 0; i < texts_looked_at; ++i, ++text_hand_) {
      if (text_hand_ >= slot_count()) {
        text_hand_ = 0;
        return bytes_->all_moved();
      }
      if (record* at = slot_record(text_hand_))
        for_each_text(*at, [this](weir::text& text) {
          if (!text_access::is_inline(text))
            bytes_->move_if_leaving(text);
        });
    }
  }

  void end_cut() {
    log_ = nullptr;
    tracking_ = changes_follow_;
    if constexpr (contains_text<record>)
      bytes_->let_go();
  }

  [[no_unique_address]] Entry entry_;
  options how_;
  view view_;
  bool tracking_ = false;
  bool changes_follow_ = false;
  std::size_t boundary_ = 0;
  std::size_t size_ = 0;
  std::size_t limit_ = 0;
  std::size_t places_ = 0;
  std::shared_ptr<array> main_;
  std::shared_ptr<array> next_;
  std::size_t dropped_ = 0;
  std::size_t text_hand_ = 0;
  std::shared_ptr<byte_store> bytes_ = std::make_shared<byte_store>();
  std::shared_ptr<cut_log<slot>> log_;
  std::weak_ptr<cut_log<slot>> last_log_;
  std::uint32_t version_ = 0; ///< the number of the last freeze
  std::uint32_t confirmed_ = 0;
  std::uint32_t base_ = 0; ///< what was confirmed at the last freeze
};

} // namespace weir::detail
