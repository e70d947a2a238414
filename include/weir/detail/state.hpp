#pragma once

#include <weir/detail/raw_bytes.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// State as the engine and an operator see it between them: bytes by key group. The typed side, which job
/// libraries compile, is in state_table.hpp and weir/state.hpp; backends and snapshot files are in src/state.
///
/// A keyed state lives in one table of the operator, whatever the backend: with the hashmap backend the table
/// holds all entries, with the leveldb backend it is a write-back cache of bounded memory in front of a
/// cold_store. So the hot path is the same code, without a virtual call.
namespace weir::detail {

enum class state_kind : std::uint8_t {
  value,
  list,
  map,
  reducing,
  aggregating,
  event_timers,
  processing_timers,
  window,              ///< one table of accumulators per pane
  operator_list,       ///< split evenly over the subtasks of the next run
  operator_union_list, ///< each subtask of the next run gets all of it
  broadcast,           ///< the same in every subtask
};

/// When entries expire.
struct expiry {
  enum class refresh : std::uint8_t { on_write, on_read_and_write };
  std::int64_t after_ms = 0; ///< 0: never
  refresh when = refresh::on_write;
  bool operator==(const expiry&) const = default;
};

/// What a snapshot records of a state, so that a restore into something else is refused by name.
struct state_type {
  std::string name;
  state_kind kind = state_kind::value;
  std::string key;      ///< readable type of the key, as record_type::name
  std::string user_key; ///< of a map's keys, a timer's namespace, a pane; empty where there is none
  std::string value;
  expiry expires;
  bool operator==(const state_type&) const = default;
};

/// Entries of one state and one key group in columns. Keys are in ordered form (ordered_bytes.hpp) with the
/// user key behind the key; values in the form of value_writer.hpp, with an expiry of 8 bytes in front where
/// the state has one.
struct state_block {
  /// Raw bytes after which a block is cut; one entry may exceed it.
  static constexpr std::size_t size_wanted = 256 * 1024;

  std::uint32_t key_group = 0;
  std::uint32_t entries = 0;
  std::uint32_t removed = 0; ///< keys behind the entries that are no longer there; only in changes
  raw_bytes keys;            ///< of entries, then of removed ones: size:varint bytes
  raw_bytes values;          ///< size:varint bytes

  void clear() {
    entries = removed = 0;
    keys.clear();
    values.clear();
  }
  [[nodiscard]] std::size_t size() const { return keys.size() + values.size(); }
};

/// A state as it was at one moment. One other thread reads it while the task goes on; its end releases what
/// was kept for it.
class state_cut {
public:
  virtual ~state_cut() = default;

  /// Fills the empty block with the next entries, all of one key group. Key groups come in any order; what
  /// comes last about a key counts, also when it comes behind its removal. False after the last. Throws
  /// state_error when a cold store fails.
  virtual bool next(state_block& to) = 0;
};

enum class cut_kind : std::uint8_t {
  full,
  standalone, ///< full; none of changes follows before a full one is confirmed
  changes,    ///< what changed since the last cut that was confirmed
};

/// State could not be read or written: the message names the file and the reason. Fails the task.
struct state_error : std::runtime_error {
  using runtime_error::runtime_error;
};

/// One keyed state of one operator in one subtask. Owned by the operator; all calls are from the task's
/// thread.
class keyed_state {
public:
  virtual ~keyed_state() = default;

  [[nodiscard]] virtual const state_type& type() const = 0;

  /// Fixes the state as it is now for another thread to read: microseconds at any size. At most one cut
  /// exists at a time. `number` grows from cut to cut.
  virtual std::unique_ptr<state_cut> freeze(std::uint64_t number, cut_kind what) = 0;
  /// The cut is stored for good: later changes are counted from it.
  virtual void confirm(std::uint64_t number) = 0;
  /// The cut came to nothing: its changes belong to the next one.
  virtual void abandon(std::uint64_t number) = 0;

  /// Restore, before the first use: how many entries of all key groups will come; then the entries.
  /// Returns a sentence when the bytes cannot be entries of this state, else an empty string.
  virtual void expect(std::uint64_t entries) = 0;
  virtual std::string load(const state_block& from) = 0;

  /// Bytes of memory held, caches and undo logs included.
  [[nodiscard]] virtual std::uint64_t memory() const = 0;
  /// Entries in memory, and in all where that is known without reading.
  [[nodiscard]] virtual std::uint64_t entries() const = 0;

  /// Between two batches: grows tables, drops expired entries, writes back, a bounded amount of each.
  virtual void tend() {}
};

/// Sorted entries of a cold_store.
class cold_cursor {
public:
  virtual ~cold_cursor() = default;
  [[nodiscard]] virtual bool valid() const = 0;
  virtual void next() = 0;
  /// Goes to the first entry whose key is not before `key`, forwards or backwards.
  virtual void seek(std::string_view key) = 0;
  [[nodiscard]] virtual std::string_view key() const = 0;
  [[nodiscard]] virtual std::string_view value() const = 0;
};

/// Where a table of bounded memory keeps the entries that do not fit: sorted bytes, disposable files.
/// Keys begin with [key group: 2, big endian]; the store puts the state's number behind it. Throws
/// state_error.
class cold_store {
public:
  struct change {
    std::string_view key;
    std::optional<std::string_view> value; ///< empty: remove
  };

  virtual ~cold_store() = default;

  /// False when there is none.
  virtual bool get(std::string_view key, std::string& value) = 0;

  /// Writes changes whose keys ascend. Fastest with about a thousand at once.
  virtual void write(const std::vector<change>& changes) = 0;

  /// Entries with from <= key < to as they are now; later writes do not show.
  virtual std::unique_ptr<cold_cursor> scan(std::string_view from, std::string_view to) = 0;

  /// The same for entries from <= key that will not be wanted again soon.
  virtual std::unique_ptr<cold_cursor> walk(std::string_view from) = 0;

  /// The same for another thread: everything as it is now, taken in microseconds.
  virtual std::unique_ptr<cold_cursor> freeze() = 0;
};

/// The states of one operator in one subtask, from its context. Lives as long as the operator.
class operator_states {
public:
  virtual ~operator_states() = default;

  /// Key groups whose state is here: [first_key_group, last_key_group].
  [[nodiscard]] virtual std::uint32_t first_key_group() const = 0;
  [[nodiscard]] virtual std::uint32_t last_key_group() const = 0;
  [[nodiscard]] virtual std::uint32_t max_parallelism() const = 0;

  /// Makes the state known, and fills it when the job begins from a snapshot. Only during open(). Throws
  /// std::invalid_argument for a second state of that name and for one that the snapshot has with another
  /// type; both are named.
  virtual void add(keyed_state& state) = 0;

  /// The cold store of a state with the leveldb backend, and nullptr with the hashmap backend. Only before
  /// add() of that state.
  virtual cold_store* cold(const state_type& state) = 0;

  /// Bytes the keyed states of this operator may hold together with the leveldb backend; the largest number
  /// with the hashmap backend.
  [[nodiscard]] virtual std::uint64_t memory_budget() const = 0;

  /// Operator state: encoded elements, in order. Returns what the snapshot gives this subtask. `collect` is
  /// called at each snapshot and appends the elements as they are then.
  using collect_elements = void (*)(void* of, std::vector<std::string>& to);
  virtual std::vector<std::string> add_elements(const state_type& state, void* of,
                                                collect_elements collect) = 0;
};

} // namespace weir::detail
