#pragma once

#include "base/ids.hpp"
#include "base/platform.hpp"
#include "base/result.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace weir {

/// A folder that one master at a time may change. A master that was taken for dead, was replaced and then
/// goes on, changes nothing.
///
/// To check first and then rename is not enough: another master may come in between. So each change is one
/// rename through a folder whose name has the epoch:
///
///     <folder>/.epoch-7/     is there while the master of epoch 7 leads
///     put(p, bytes)          writes .epoch-7/1, reads it back, renames it to p
///     remove(p)              renames p to .epoch-7/2, then removes that
///
/// A rename fails when the folder at one of its ends is gone, and nothing comes between the one and the
/// other. take() removes the folders of lower epochs before anything is looked at. So what an old master
/// changes happens before that, and is seen, or fails with `fenced`.
///
/// Errors say what became of a change. `fenced`: nothing, and this master must stop. `uncertain`: nobody
/// knows; what is there has to be looked at again, after another take(). Any other: nothing.
///
/// All calls block. Safe to use from several threads, but two must not change the same path.
class fenced_folder {
public:
  /// Makes the folder where there is none. Fails with `fenced` when it belongs to a higher epoch. The same
  /// epoch may take it again when no change of the earlier object is under way.
  static result<std::unique_ptr<fenced_folder>> take(file_system& files, std::string folder,
                                                     leader_epoch epoch);

  /// Takes it with an epoch above all that it had: so the folder itself counts the epochs.
  static result<std::unique_ptr<fenced_folder>> take_next(file_system& files, std::string folder);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] leader_epoch epoch() const { return epoch_; }
  [[nodiscard]] file_system& files() const { return files_; }

  /// Puts a file at `path`, which is on the same disk and in a folder that exists. A crash leaves what was
  /// there or the new file, whole; after success a power cut does not take it back.
  result<void> put(const std::string& path, std::span<const char> bytes);

  /// Puts an empty file there, of which only the name counts. As durable as put() and cheaper.
  result<void> mark(const std::string& path);

  /// Makes a folder where there is none, not its parents; one that is there is success. It is durable once
  /// the folder it is in was synced.
  result<void> make_folder(const std::string& path);

  /// A missing file is success. After success a power cut does not bring it back.
  result<void> remove(const std::string& path);

  /// The same, but a power cut may bring it back.
  result<void> discard(const std::string& path);

  /// Fails with `fenced` when another master leads; for what only looks.
  [[nodiscard]] result<void> check() const;

  /// Makes room for the removal of the folder: nothing can be changed any more, and the epochs are forgotten.
  result<void> leave();

  /// Whether `name` is that of a folder which says who leads.
  static bool is_epoch_name(std::string_view name);

private:
  fenced_folder(file_system& files, std::string path, leader_epoch epoch);
  result<void> claim();
  result<void> write_own(const std::string& path, std::span<const char> bytes);
  result<void> place(const std::string& own, const std::string& path, std::span<const char> bytes);
  result<bool> take_away(const std::string& path, const std::string& to);
  std::string next_own();
  /// What failed, or the reason behind it: that this master does not lead any more.
  error explain(const error& failure) const;

  file_system& files_;
  std::string path_;
  leader_epoch epoch_;
  std::string own_; ///< <folder>/.epoch-<n>
  std::atomic<std::uint64_t> last_own_{0};
};

} // namespace weir
