#pragma once

#include "base/platform.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::simulation {

/// A disk in memory that can break in every way of a real one: a call fails, with or without having had its
/// effect; the process ends at any call; the power goes, and what was not synced is there, or in part, or
/// not at all. Not thread-safe.
class simulated_disk final : public file_system {
public:
  enum class action { create, append, sync, rename, sync_folder, remove, create_folder, remove_folder, read };

  enum class fault {
    none,
    fail,         ///< nothing happens; of an append, half of it
    fail_done,    ///< it happens, and is reported as failed
    crash_before, ///< the process ends: this call and all after it fail
    crash_after,  ///< the same, once it has happened
    refuse,       ///< nothing happens, nor of an append: the user's process has ended
  };

  struct operation {
    action what;
    std::string path;
    std::uint64_t number;    ///< of those that change something, from 1; that of the last one for a read
    std::string target = {}; ///< of a rename
  };

  simulated_disk();
  /// What both see from now on is their own. Open files stay with the first.
  simulated_disk(const simulated_disk& other);

  /// Asked before each operation.
  std::function<fault(const operation&)> on_operation;

  /// Whose operations follow, where several machines share the disk.
  std::uint64_t user = 0;

  /// Operations that changed something or tried to.
  [[nodiscard]] std::uint64_t operations() const { return operations_; }
  [[nodiscard]] bool has_crashed() const { return crashed_; }

  /// A new process finds all that the old one did.
  void restart();
  /// A new process finds what was synced, and of the rest what chance leaves: each name on its own as far as
  /// one does not rest on another, contents whole, cut off or gone.
  void cut_power(std::uint64_t seed);

  /// The process of one user ended: its locks are free.
  void end_process_of(std::uint64_t user);
  /// The machine of one user lost its power, and the disk did not: of what it wrote to files and did not sync
  /// chance leaves all, part or nothing.
  void cut_power_of(std::uint64_t user, std::uint64_t seed);

  /// All files and folders, folders with a slash behind them; in order.
  [[nodiscard]] std::vector<std::string> tree() const;
  /// Past all faults. Requires that the file is there.
  [[nodiscard]] std::string content(std::string_view path) const;
  /// What of it would be there after a power cut. The same.
  [[nodiscard]] std::string synced_content(std::string_view path) const;
  /// Whether the name would still stand for the file after a power cut, as far as its folder goes.
  [[nodiscard]] bool is_name_synced(std::string_view path) const;
  void set_content(std::string_view path, std::string content);

  result<std::unique_ptr<readable_file>> open(const std::string& path) override;
  result<std::unique_ptr<writable_file>> create(const std::string& path, bool exclusive) override;
  result<file_info> info(const std::string& path) override;
  result<std::vector<file_info>> list(const std::string& folder) override;
  result<void> create_folder(const std::string& path) override;
  result<void> create_folders(const std::string& path) override;
  result<void> rename(const std::string& from, const std::string& to) override;
  result<void> sync_folder(const std::string& folder) override;
  result<void> remove(const std::string& path) override;
  result<void> remove_all(const std::string& path) override;
  result<void> remove_folder(const std::string& path) override;
  result<std::unique_ptr<file_lock>> lock(const std::string& path) override;

private:
  using node_number = std::size_t;
  static constexpr node_number none = SIZE_MAX;

  struct node {
    bool is_folder = false;
    std::string content;
    std::string synced_content;
    bool unsyncable = false; ///< a sync failed: later ones lie
    std::uint64_t writer = 0;
    std::map<std::string, node_number> entries;
    std::map<std::string, node_number> synced_entries;
  };

  /// A name in a folder begins to stand for another node, or for none.
  struct entry_change {
    node_number folder;
    std::string name;
    node_number to;
  };

  using entry_name = std::pair<node_number, std::string>;

  /// Becomes durable as a whole, or, of a rename, the new name alone.
  using folder_change = std::vector<entry_change>;

  struct place {
    node_number folder = none; ///< none: a folder on the way does not exist
    std::string name;          ///< empty: the root
    node_number at = none;
  };

  class reader;
  class writer;

  [[nodiscard]] place find(std::string_view path) const;
  [[nodiscard]] std::string path_of(node_number folder, const std::string& name) const;
  result<void> remove_below(const std::string& path);
  void change(folder_change changes);
  void make_durable(const folder_change& changes);
  static void lose_part(node& of, std::mt19937_64& random);

  /// Runs `effect` unless a fault prevents it. `effect` returns what is wrong with the call itself.
  template <class Effect>
  result<void> run(action what, const std::string& path, Effect effect, const std::string& target = {});
  result<void> may_read(const std::string& path);

  std::vector<node> nodes_;
  std::vector<folder_change> unsynced_; ///< oldest first
  std::uint64_t operations_ = 0;
  bool refused_ = false;      ///< the last operation
  std::uint64_t process_ = 0; ///< open files of earlier ones are dead
  bool crashed_ = false;

  struct held_lock {
    std::uint64_t user = 0;
    std::weak_ptr<file_lock> held;
  };
  std::map<std::string, held_lock> locks_;
};

/// The fault at the operation of that number, and none at others.
std::function<simulated_disk::fault(const simulated_disk::operation&)> fault_at(std::uint64_t number,
                                                                                simulated_disk::fault fault);

} // namespace weir::simulation
