#pragma once

#include <weir/detail/state/cold_side.hpp>
#include <weir/detail/state/departures.hpp>
#include <weir/detail/state/encoded_value.hpp>
#include <weir/detail/state/expired_sweep.hpp>
#include <weir/detail/state/state_place.hpp>
#include <weir/detail/state/table_state_cut.hpp>
#include <weir/detail/state/timed_values.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir::detail {

/// A keyed state in one table: the whole of it, or with a cold store what was used lately.
///
/// With a cold store, each record knows whether it was used since the clock's hand came by, whether the store
/// has it as it is, and whether the store has its key at all. Records leave in batches that are written in
/// the order of their keys.
///
/// Lookups take the key, its hash in this table, and the hash of the operator's key, which gives the key
/// group. References to records hold until the next call.
template <class Entry>
class table_state : public keyed_state {
public:
  using table = state_table<Entry>;
  using record = typename Entry::record;
  static constexpr bool by_key = Entry::spread_by_key; ///< the hash of a lookup is that of the operator's key
  using stored_value = std::remove_cvref_t<decltype(Entry::value(std::declval<record&>()))>;
  using value_type = typename value_access<stored_value>::type;

  table_state(state_type type, Entry entry, state_place place)
      : type_{std::move(type)},
        entry_{entry},
        place_{std::move(place)},
        table_{std::move(entry),
               {.range = Entry::spread_by_key
                             ? hash_range::of_groups(place_.first_key_group, place_.last_key_group,
                                                     place_.max_parallelism)
                             : hash_range{},
                .expires = type_.expires.after_ms != 0,
                .flags = place_.cold != nullptr}} {
    if (place_.cold)
      cold_.emplace(*place_.cold);
  }

  /// Lookups of these hashes follow.
  void prefetch(const std::uint64_t* hashes, std::uint32_t count) const { table_.prefetch(hashes, count); }

  /// For a loop over a batch: finds records that may be changed at once; what it does not find, a lookup may.
  [[nodiscard]] typename table::view quick_view() const {
    return plain_ && !allocates ? table_.quick_view() : typename table::view{};
  }

  /// The record, to be changed at once; nullptr when it is not there or find() must be asked.
  template <class Lookup>
  [[gnu::always_inline]] record* find_quickly(const Lookup& key, std::uint64_t hash) const {
    if constexpr (allocates || decodes)
      return nullptr;
    return plain_ ? table_.find_quickly(key, hash) : nullptr;
  }

  /// The record, to be read; nullptr when there is none.
  template <class Lookup>
  [[gnu::always_inline]] const record* read(const Lookup& key, std::uint64_t hash, std::uint64_t group_hash) {
    settle();
    record* found = table_.peek(key, hash);
    if (!plain_) [[unlikely]]
      found = seen(found, key, hash, group_hash, false);
    return found;
  }

  /// Whether the record is there, which is no use of it.
  template <class Lookup>
  bool has(const Lookup& key, std::uint64_t hash, std::uint64_t group_hash) {
    settle();
    record* found = table_.peek(key, hash);
    if (!found && cold_)
      found = load(key, hash, group_hash);
    if (!found || !is_expired(*found))
      return found != nullptr;
    remove(*found, departure::expired);
    return false;
  }

  /// The record, to be changed.
  template <class Lookup>
  [[gnu::always_inline]] record* find(const Lookup& key, std::uint64_t hash, std::uint64_t group_hash) {
    settle();
    record* found = table_.peek(key, hash);
    if (!plain_) [[unlikely]]
      found = seen(found, key, hash, group_hash, true);
    if (found)
      will_change(*found);
    return found;
  }

  /// The record, to be changed, and whether it is new: then it is what `make()` gave.
  template <class Lookup, class Make>
  [[gnu::always_inline]] std::pair<record*, bool> find_or_make(const Lookup& key, std::uint64_t hash,
                                                               std::uint64_t group_hash, Make&& make) {
    if (record* found = find(key, hash, group_hash)) [[likely]]
      return {found, false};
    return {insert(hash, std::forward<Make>(make), origin::user), true};
  }

  /// The value of a record.
  const value_type& value_of(const record& of) {
    if constexpr (decodes)
      return access_.read(Entry::value(of), type_.name);
    else
      return Entry::value(of);
  }
  /// The same, to be changed, of a record that was looked up for that.
  value_type& change_value(record& of) {
    if constexpr (decodes) {
      value_type& value = access_.read(Entry::value(of), type_.name);
      opened_ = &of;
      return value;
    } else {
      return Entry::value(of);
    }
  }
  void set_value(record& of, value_type&& value) {
    if constexpr (decodes)
      table_.set_text(Entry::value(of).bytes, access_.write(value));
    else
      Entry::value(of) = std::move(value);
  }
  /// As a new record has it; valid until the next such call.
  template <class V>
  decltype(auto) to_stored(V&& value) {
    if constexpr (decodes)
      return stored_value{access_.write(value)};
    else
      return std::forward<V>(value);
  }

  /// Ends what was handed out, which may not be changed any more. All calls do so but those that only ask.
  [[gnu::always_inline]] void settle() {
    if constexpr (decodes) {
      if (opened_) [[unlikely]]
        write_opened();
    }
    if constexpr (allocates)
      if (handed_out_) {
        heap_ += Entry::heap(*handed_out_) - handed_out_bytes_;
        handed_out_ = nullptr;
      }
  }

  /// Changes a record that has texts by `f(record)`.
  template <class F>
  void change_texts(record& of, F&& f) {
    table_.change_texts(of, std::forward<F>(f));
  }

  /// False when it was not there.
  template <class Lookup>
  bool erase(const Lookup& key, std::uint64_t hash, std::uint64_t group_hash) {
    settle();
    record* found = table_.peek(key, hash);
    if (!found && cold_)
      found = load(key, hash, group_hash);
    if (!found)
      return false;
    bool alive = !is_expired(*found);
    remove(*found, departure::erased);
    return alive;
  }

  /// Removes a record that a lookup gave.
  void erase(record& of) {
    settle();
    remove(of, departure::erased);
  }

  /// As state_table::visit, for what is in memory.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) {
    settle();
    return table_.visit(from, limit, std::forward<Visit>(visit));
  }
  [[nodiscard]] std::size_t end() const { return table_.end(); }

  [[nodiscard]] bool is_expired(const record& of) const {
    if (type_.expires.after_ms == 0)
      return false;
    return has_passed(table_.time_of(of), place_.wall_ms());
  }
  /// A record was read without a lookup.
  void note_read(record& of) {
    if (cold_)
      table_.flags_of(of) |= used;
    if (type_.expires.after_ms != 0 && type_.expires.when == expiry::refresh::on_read_and_write) {
      table_.change(of);
      note_change(of);
    }
  }

  /// Reads an entry of the cold store; false when it has expired. `texts` keeps what texts point to.
  bool read_stored(std::string_view key, std::string_view value, record& to, arena& texts) {
    texts.clear();
    byte_reader reader{key.data() + 2, key.data() + key.size(), &texts};
    std::int64_t time = 0;
    const char* fault =
        entry_.read_key(reader, to) ? timed_.read(value, Entry::value(to), time, texts) : reader.fault;
    if (fault)
      throw state_error{"the store of state '" + type_.name + "' is corrupted: " + fault};
    return time == 0 || !has_passed(time, place_.wall_ms());
  }
  [[nodiscard]] bool is_in_memory(const record& like) const {
    return table_.peek(entry_.key(like), entry_.hash(like)) != nullptr;
  }

  /// Bytes that the table may hold before it writes to the cold store.
  void set_budget(std::uint64_t bytes) { budget_ = bytes; }

  [[nodiscard]] cold_side* cold() { return cold_ ? &*cold_ : nullptr; }
  [[nodiscard]] const state_place& place() const { return place_; }
  [[nodiscard]] const Entry& entry() const { return entry_; }
  table& memory_table() { return table_; }

  const state_type& type() const override { return type_; }

  std::unique_ptr<state_cut> freeze(std::uint64_t number, cut_kind what) override {
    if (what == cut_kind::changes && !keeps_changes_)
      throw std::logic_error{"state '" + type_.name + "' has not noted the changes that a cut asks for"};
    settle();
    keeps_changes_ = what != cut_kind::standalone;
    auto frozen = table_.freeze(keeps_changes_);
    bool all = what != cut_kind::changes || table_.confirmed() == 0;
    if (keeps_changes_)
      left_.cut(table_.version(), number);
    else
      left_ = {};
    typename table_state_cut<Entry>::left gone;
    bool complete = true;
    if (!all) {
      gone.logs = left_.since_confirmed();
      gone.with_entries = complete = left_.complete();
    }
    std::int64_t now = type_.expires.after_ms != 0 ? place_.wall_ms() : 0;
    cold_cut cold;
    if (cold_ && (all || !complete))
      cold = {cold_->store().freeze(), cold_->removed()};
    return std::make_unique<table_state_cut<Entry>>(
        std::move(gone),
        table_reader<Entry>{std::move(frozen),
                            {.changes_only = !all && complete,
                             .max_parallelism = place_.max_parallelism,
                             .now_ms = now,
                             .copied_max = cold_ ? copied_beside_store : copied_in_memory}},
        std::move(cold), type_.expires.after_ms != 0, now);
  }

  void confirm(std::uint64_t number) override {
    if (auto version = left_.confirm(number))
      table_.confirm(*version);
  }
  void abandon(std::uint64_t) override {}

  void expect(std::uint64_t entries) override {
    if (!cold_)
      table_.reserve(entries);
  }

  std::string load(const state_block& from) override {
    if (from.key_group < place_.first_key_group || from.key_group > place_.last_key_group)
      return "key group " + std::to_string(from.key_group) + " does not belong to this subtask";
    settle();
    const char* fault = cold_ ? cold_->load(from) : load_table(from);
    settle();
    return fault ? "the snapshot of state '" + type_.name + "' cannot be read: " + fault : std::string{};
  }

  std::uint64_t memory() const override { return table_.memory() + memory_beside_table(); }
  std::uint64_t entries() const override { return table_.size(); }

  void tend() override {
    settle();
    table_.tend();
    if (type_.expires.after_ms != 0) {
      drop_expired();
      if (cold_)
        stored_sweep_.step(*cold_, place_.wall_ms(),
                           [this](std::string_view key) { return is_key_in_memory(key); });
    }
    if (cold_)
      fit_budget();
  }

protected:
  enum class departure { erased, expired, to_store };

  /// For states whose records are listed by key: a record has come, is about to leave.
  virtual void on_added(record&) {}
  virtual void on_leaving(record&) {}
  [[nodiscard]] virtual std::uint64_t list_memory() const { return 0; }

private:
  enum class origin { user, store, snapshot };

  static constexpr std::uint8_t used = 1;    ///< since the clock's hand came by
  static constexpr std::uint8_t unsaved = 2; ///< the store does not have it as it is
  static constexpr std::uint8_t stored = 4;  ///< the store may have its key
  static constexpr std::size_t batch_size = 4096;
  static constexpr std::size_t unused_of_one_leaving = 8;
  static constexpr std::size_t expiry_slots_per_batch = 512;
  static constexpr std::size_t copied_in_memory =
      64 * 1024 * 1024; ///< bytes of slots that a cut copies at once
  static constexpr std::size_t copied_beside_store = 1024 * 1024; ///< where memory is limited
  static constexpr bool allocates = Entry::allocates;
  static constexpr bool decodes = value_access<stored_value>::decodes;

  [[gnu::noinline]] void write_opened() {
    record& of = *std::exchange(opened_, nullptr);
    table_.set_text(Entry::value(of).bytes, access_.write(access_.last()));
  }

  /// Remembers what a record has allocated, since that is about to change.
  void hand_out(record& of) {
    if constexpr (allocates) {
      handed_out_ = &of;
      handed_out_bytes_ = Entry::heap(of);
    }
  }

  [[gnu::always_inline]] void will_change(record& of) {
    if (table_.tracks()) [[unlikely]]
      table_.change(of);
    if (!plain_) [[unlikely]]
      note_change(of);
    hand_out(of);
  }

  [[gnu::noinline]] void note_change(record& of) {
    if (cold_)
      table_.flags_of(of) |= used | unsaved;
    if (type_.expires.after_ms != 0)
      table_.time_of(of) = place_.wall_ms() + type_.expires.after_ms;
  }

  /// What a lookup gives where records expire or leave for a store.
  template <class Lookup>
  [[gnu::noinline]] record* seen(record* found, const Lookup& key, std::uint64_t hash,
                                 std::uint64_t group_hash, bool to_change) {
    if (!found && cold_)
      found = load(key, hash, group_hash);
    if (!found)
      return nullptr;
    if (is_expired(*found)) {
      remove(*found, departure::expired);
      return nullptr;
    }
    if (to_change) {
      if (cold_)
        table_.flags_of(*found) |= used;
    } else {
      note_read(*found);
    }
    return found;
  }

  template <class Make>
  [[gnu::noinline]] record* insert(std::uint64_t hash, Make&& make, origin from) {
    if (cold_)
      make_room();
    record* added = table_.insert(hash, std::forward<Make>(make), from == origin::user);
    if constexpr (Entry::listed)
      on_added(*added);
    if constexpr (allocates)
      heap_ += Entry::heap(*added);
    if (from == origin::user) {
      if (!plain_)
        note_change(*added);
      hand_out(*added);
    } else if (cold_) {
      table_.flags_of(*added) = used | stored;
    }
    return added;
  }

  [[nodiscard]] std::uint32_t group_of(const record& of) const {
    return key_group(entry_.group_hash(of, table_.hash_of(of)), place_.max_parallelism);
  }

  /// The record leaves the table.
  void remove(record& of, departure why) {
    if constexpr (Entry::listed)
      on_leaving(of);
    if constexpr (allocates)
      heap_ -= Entry::heap(of);
    std::uint32_t group = 0;
    if (keeps_changes_ || cold_) {
      group = group_of(of);
      write_group(key_, group);
      entry_.write_key(key_, of);
    }
    std::string_view key{key_.data(), key_.size()};
    if (why == departure::to_store)
      timed_.write(Entry::value(of), timed_.expires() ? table_.time_of(of) : 0, value_);
    else if (cold_ && (table_.flags_of(of) & stored) != 0)
      cold_->remove(key);
    auto was = table_.erase(of);
    if (!keeps_changes_)
      return;
    if (why == departure::erased && was.known)
      left_.latest().remove(group, key.substr(2));
    else if (why == departure::to_store && was.changed)
      left_.latest().put(group, key.substr(2), {value_.data(), value_.size()});
  }

  /// Brings a record from the cold store.
  template <class Lookup>
  record* load(const Lookup& key, std::uint64_t hash, std::uint64_t group_hash) {
    write_group(key_, key_group(group_hash, place_.max_parallelism));
    Entry::write_lookup(key_, key);
    if (!cold_->get({key_.data(), key_.size()}, stored_value_))
      return nullptr;
    texts_.clear();
    record loaded = Entry::make(key);
    std::int64_t time = 0;
    if (const char* fault = timed_.read(stored_value_, Entry::value(loaded), time, texts_))
      throw state_error{"the store of state '" + type_.name + "' is corrupted: " + fault};
    record* added = insert(
        hash, [&]() -> record&& { return std::move(loaded); }, origin::store);
    if (type_.expires.after_ms != 0)
      table_.time_of(*added) = time;
    return added;
  }

  const char* load_table(const state_block& from) {
    column_reader keys{from.keys}, values{from.values};
    std::string_view key, value;
    // Removed keys stand behind the entries, but come first: an entry of the same key is newer.
    for (std::uint32_t i = 0; i < from.entries; ++i)
      if (!keys.next(key))
        return "there are fewer keys than entries";
    for (std::uint32_t i = 0; i < from.removed; ++i) {
      record gone{};
      if (const char* fault = next_key(keys, gone))
        return fault;
      if (record* found = table_.peek(entry_.key(gone), entry_.hash(gone)))
        remove(*found, departure::expired);
    }
    keys = column_reader{from.keys};
    std::int64_t now = type_.expires.after_ms != 0 ? place_.wall_ms() : 0;
    for (std::uint32_t i = 0; i < from.entries; ++i) {
      texts_.clear();
      record read{};
      if (const char* fault = next_key(keys, read))
        return fault;
      std::int64_t time = 0;
      if (!values.next(value))
        return "there are fewer values than entries";
      if (const char* fault = timed_.read(value, Entry::value(read), time, texts_))
        return fault;
      std::uint64_t hash = entry_.hash(read);
      if (record* found = table_.peek(entry_.key(read), hash))
        remove(*found, departure::expired);
      if (has_passed(time, now))
        continue;
      record* added = insert(
          hash, [&]() -> record&& { return std::move(read); }, origin::snapshot);
      if (type_.expires.after_ms != 0)
        table_.time_of(*added) = time;
    }
    return values.at_end() ? nullptr : "there are more values than entries";
  }

  const char* next_key(column_reader& keys, record& to) {
    std::string_view key;
    if (!keys.next(key))
      return "there are fewer keys than entries";
    byte_reader reader{key.data(), key.data() + key.size(), &texts_};
    if (!entry_.read_key(reader, to))
      return reader.fault;
    return reader.left() == 0 ? nullptr : "bytes follow the end of a key";
  }

  [[nodiscard]] std::uint64_t memory_beside_table() const { return heap_ + left_.memory() + list_memory(); }
  /// Of this, records that leave free some at once.
  [[nodiscard]] std::uint64_t memory_needed() const { return table_.memory_needed() + memory_beside_table(); }

  [[gnu::noinline]] void make_room() {
    if (memory_needed() + table_.growth_ahead() > budget_)
      write_back(batch_size);
  }

  void fit_budget() {
    for (int rounds = 0; rounds < 8 && memory_needed() > budget_ && table_.size() > 0; ++rounds)
      if (!table_.halve())
        write_back(batch_size);
  }

  /// Lets so many records that were not used lately leave for the store, at most a part of them at each turn
  /// of the clock: slots are in the order of hashes, and if the hand emptied those behind it, those before it
  /// would fill up far beyond the load of the whole table.
  void write_back(std::size_t count) {
    settle();
    std::vector<std::pair<std::string, std::string>> batch;
    count = std::min(count, (table_.size() + 3) / 4);
    for (std::size_t looked_at = 0; count > 0 && looked_at < 5 * table_.end(); ++looked_at) {
      if (hand_ >= table_.end())
        hand_ = 0;
      record* at = table_.slot_record(hand_);
      if (!at) {
        ++hand_;
        continue;
      }
      std::uint8_t& flags = table_.flags_of(*at);
      if ((flags & used) != 0) {
        flags &= static_cast<std::uint8_t>(~used);
        ++hand_;
        continue;
      }
      if (++unused_seen_ % unused_of_one_leaving != 0) {
        ++hand_;
        continue;
      }
      // Another record may come to this slot, so the hand stays.
      bool save = (flags & unsaved) != 0;
      remove(*at, departure::to_store);
      if (save)
        batch.emplace_back(std::string{key_.data(), key_.size()}, std::string{value_.data(), value_.size()});
      --count;
    }
    cold_->write(std::move(batch));
    if (left_.latest().complete() && left_.latest().memory() > budget_ / 4)
      left_.latest().drop_entries();
  }

  void drop_expired() {
    std::int64_t now = place_.wall_ms();
    for (std::size_t i = 0; i < expiry_slots_per_batch; ++i) {
      if (expiry_hand_ >= table_.end())
        expiry_hand_ = 0;
      record* at = table_.slot_record(expiry_hand_);
      if (at && has_passed(table_.time_of(*at), now))
        remove(*at, departure::expired);
      else
        ++expiry_hand_;
    }
  }

  [[nodiscard]] bool is_key_in_memory(std::string_view stored) {
    texts_.clear();
    record like{};
    byte_reader reader{stored.data() + 2, stored.data() + stored.size(), &texts_};
    return !entry_.read_key(reader, like) || is_in_memory(like);
  }

  state_type type_;
  Entry entry_;
  state_place place_;
  table table_;
  std::optional<cold_side> cold_;
  /// Records neither expire nor leave.
  bool plain_ = type_.expires.after_ms == 0 && place_.cold == nullptr;
  std::uint64_t budget_ = std::numeric_limits<std::uint64_t>::max();
  std::size_t hand_ = 0;
  std::size_t unused_seen_ = 0;
  std::size_t expiry_hand_ = 0;
  expired_sweep stored_sweep_;
  [[no_unique_address]] value_access<stored_value> access_;
  record* opened_ = nullptr; ///< its value is being changed where `access_` has it
  record* handed_out_ = nullptr;
  std::size_t handed_out_bytes_ = 0;
  std::uint64_t heap_ = 0;
  bool keeps_changes_ = false; ///< since the last cut, for one of changes
  departures left_;            ///< empty unless it does
  std::vector<char> key_;
  std::vector<char> value_;
  std::string stored_value_;
  arena texts_;
  timed_values timed_{type_.expires.after_ms != 0};
};

} // namespace weir::detail
