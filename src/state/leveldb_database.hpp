#pragma once

#include "base/platform.hpp"
#include "state/leveldb_settings.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace weir {

class leveldb_core;

struct leveldb_statistics {
  std::uint64_t memory = 0; ///< bytes held, at most leveldb_memory::database()
  std::uint64_t files = 0;  ///< table files on disk
  std::uint64_t bytes = 0;  ///< their size
};

/// The entries of one operator's keyed states that do not fit into memory, in a LevelDB database of its own.
///
/// Its files are disposable: they begin empty, nothing is recovered from them, and they are deleted when the
/// database and the last store and cursor made from it are gone. A restart begins from a snapshot.
///
/// After the first failure (a full disk, a file that is not what was written) every call of every store and
/// cursor throws state_error with that failure.
class leveldb_database {
public:
  /// Makes one in one of the settings' folders, after deleting what dead processes left there. The platform
  /// must outlive what is made from it. `memory` is the database's to hold but for `memory.entries`.
  static result<leveldb_database> create(platform& system, const leveldb_settings& settings,
                                         const leveldb_memory& memory);

  /// The store of the state of that number, which the caller gives: one state, one number. Its calls are the
  /// owner's thread's alone; its cursors may each be used by another thread.
  [[nodiscard]] std::unique_ptr<detail::cold_store> store(std::uint16_t number);

  [[nodiscard]] leveldb_statistics statistics() const;

  /// Writes what is only in memory to files. Throws detail::state_error.
  void flush();

  /// Where the files are.
  [[nodiscard]] const std::string& folder() const;

private:
  explicit leveldb_database(std::shared_ptr<leveldb_core> core) : core_{std::move(core)} {}

  std::shared_ptr<leveldb_core> core_;
};

} // namespace weir
