#include "base/fenced_folder.hpp"

#include "base/durable_file.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace weir {

namespace {

constexpr std::string_view epoch_begin = ".epoch-";

/// How often others may come in between: each time one of them has got on.
constexpr int tries = 100;

std::string epoch_path(const std::string& folder, std::uint64_t epoch) {
  return folder + "/" + std::string{epoch_begin} + std::to_string(epoch);
}

std::optional<std::uint64_t> epoch_of(std::string_view name) {
  if (!name.starts_with(epoch_begin))
    return std::nullopt;
  name.remove_prefix(epoch_begin.size());
  std::uint64_t epoch = 0;
  auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  if (failure != std::errc{} || end != name.data() + name.size() || std::to_string(epoch) != name)
    return std::nullopt;
  return epoch;
}

/// The epochs of which the folder has a folder, in any order.
result<std::vector<std::uint64_t>> epochs_in(file_system& files, const std::string& folder) {
  auto entries = files.list(folder);
  if (!entries)
    return entries.failure();
  std::vector<std::uint64_t> epochs;
  for (const file_info& entry : *entries)
    if (auto epoch = epoch_of(name_of(entry.path)); epoch && entry.is_folder)
      epochs.push_back(*epoch);
  return epochs;
}

/// Whoever still writes into it may put something there while it is emptied.
result<void> remove_contended(file_system& files, const std::string& folder) {
  for (int i = 1;; ++i) {
    auto removed = files.remove_all(folder);
    if (removed || i == tries)
      return removed;
  }
}

error superseded(const std::string& folder, std::uint64_t by) {
  return error{errc::fenced, folder + " belongs to the master of epoch " + std::to_string(by) + " now"};
}

error uncertain(const error& failure) {
  return error{errc::uncertain, "it is not known what became of a change: " + failure.message()};
}

/// Whether the file has just these bytes; false as well when there is none.
result<bool> has_bytes(file_system& files, const std::string& path, std::span<const char> bytes) {
  auto content = files.read_all(path, bytes.size());
  if (content)
    return std::ranges::equal(*content, bytes);
  if (content.failure().code() == errc::not_found || content.failure().code() == errc::invalid_argument)
    return false;
  return content.failure();
}

} // namespace

bool fenced_folder::is_epoch_name(std::string_view name) {
  return epoch_of(name).has_value();
}

fenced_folder::fenced_folder(file_system& files, std::string path, leader_epoch epoch)
    : files_{files}, path_{std::move(path)}, epoch_{epoch}, own_{epoch_path(path_, epoch.value)} {}

result<std::unique_ptr<fenced_folder>> fenced_folder::take(file_system& files, std::string folder,
                                                           leader_epoch epoch) {
  std::unique_ptr<fenced_folder> taken{new fenced_folder{files, std::move(folder), epoch}};
  if (auto made = files.create_durable_folders(taken->path_); !made)
    return made.failure();
  if (auto made = files.create_folder(taken->own_); !made && made.failure().code() != errc::already_exists)
    return made.failure();
  if (auto done = taken->claim(); !done)
    return done.failure();
  return taken;
}

result<std::unique_ptr<fenced_folder>> fenced_folder::take_next(file_system& files, std::string folder) {
  if (auto made = files.create_durable_folders(folder); !made)
    return made.failure();
  for (int left = tries; left != 0; --left) {
    auto epochs = epochs_in(files, folder);
    if (!epochs)
      return epochs.failure();
    std::uint64_t next = 1;
    for (std::uint64_t epoch : *epochs)
      next = std::max(next, epoch + 1);
    std::unique_ptr<fenced_folder> taken{new fenced_folder{files, folder, {next}}};
    // Of two masters that found the same number free, one makes this folder.
    if (auto made = files.create_folder(taken->own_); !made) {
      if (made.failure().code() == errc::already_exists)
        continue;
      return made.failure();
    }
    auto claimed = taken->claim();
    if (claimed)
      return taken;
    if (claimed.failure().code() != errc::fenced)
      return claimed.failure();
  }
  return error{errc::unavailable, "cannot use " + folder + ": other masters take it again and again"};
}

/// The own folder is there. Of two masters at least one comes here after both have made theirs, and sees it.
result<void> fenced_folder::claim() {
  auto epochs = epochs_in(files_, path_);
  if (!epochs)
    return epochs.failure();
  auto highest = std::ranges::max_element(*epochs);
  if (highest == epochs->end())
    return error{errc::io_failed, "cannot use " + path_ + ": a folder made in it is not there"};
  if (*highest > epoch_.value) {
    (void)remove_contended(files_, own_); // it takes part in nothing
    return superseded(path_, *highest);
  }
  // One of the names survives everything, so that no epoch comes twice.
  if (auto synced = files_.sync_folder(path_); !synced)
    return synced;
  for (std::uint64_t epoch : *epochs)
    if (epoch < epoch_.value)
      if (auto removed = remove_contended(files_, epoch_path(path_, epoch)); !removed)
        return removed;
  // Left by an earlier object of this epoch.
  auto left = files_.list(own_);
  if (!left)
    return explain(left.failure());
  for (const file_info& entry : *left)
    if (auto removed = files_.remove_all(entry.path); !removed)
      return removed;
  return epochs->size() == 1 ? result<void>{} : files_.sync_folder(path_);
}

result<void> fenced_folder::check() const {
  auto epochs = epochs_in(files_, path_);
  if (!epochs)
    return epochs.failure();
  bool is_there = false;
  for (std::uint64_t epoch : *epochs) {
    if (epoch > epoch_.value)
      return superseded(path_, epoch);
    is_there = is_there || epoch == epoch_.value;
  }
  if (!is_there)
    return error{errc::io_failed, own_ + " is gone: was the folder removed?"};
  return {};
}

error fenced_folder::explain(const error& failure) const {
  auto leads = check();
  return !leads && leads.failure().code() == errc::fenced ? leads.failure() : failure;
}

std::string fenced_folder::next_own() {
  return own_ + "/" + std::to_string(++last_own_);
}

result<void> fenced_folder::write_own(const std::string& path, std::span<const char> bytes) {
  if (auto done = write_durable_file(files_, path, bytes, true); !done)
    return done;
  auto same = has_bytes(files_, path, bytes);
  if (!same)
    return same.failure();
  if (!*same)
    return error{errc::corrupt, path + " does not have the bytes that were written to it"};
  return {};
}

result<void> fenced_folder::put(const std::string& path, std::span<const char> bytes) {
  std::string own = next_own();
  if (auto written = write_own(own, bytes); !written) {
    (void)files_.remove(own);
    return explain(written.failure()).wrap("cannot write " + path);
  }
  return place(own, path, bytes);
}

result<void> fenced_folder::mark(const std::string& path) {
  std::string own = next_own();
  if (auto made = files_.create(own, true); !made)
    return explain(made.failure()).wrap("cannot write " + path);
  return place(own, path, {});
}

result<void> fenced_folder::make_folder(const std::string& path) {
  if (files_.info(path))
    return {};
  std::string own = next_own();
  // Without its parents: to make the own folder again would undo what another master has done to lead.
  if (auto made = files_.create_folder(own); !made)
    return explain(made.failure()).wrap("cannot make the folder " + path);
  auto renamed = files_.rename(own, path);
  if (renamed || files_.info(path))
    return {};
  (void)files_.remove_folder(own);
  return explain(renamed.failure()).wrap("cannot make the folder " + path);
}

result<void> fenced_folder::place(const std::string& own, const std::string& path,
                                  std::span<const char> bytes) {
  if (auto renamed = files_.rename(own, path); !renamed) {
    error why = explain(renamed.failure()).wrap("cannot write " + path);
    if (why.code() == errc::fenced)
      return why;
    // What a rename says of itself is not all: over a network it may have happened and be reported as failed.
    auto there = has_bytes(files_, path, bytes);
    if (!there)
      return uncertain(why);
    if (!*there) {
      (void)files_.remove(own);
      return why;
    }
  }
  if (auto synced = files_.sync_folder(folder_of(path)); !synced)
    return uncertain(synced.failure().wrap("cannot write " + path));
  return {};
}

result<void> fenced_folder::remove(const std::string& path) {
  std::string own = next_own();
  auto taken = take_away(path, own);
  if (!taken)
    return taken.failure();
  // Also when there was nothing: who took it away may not have come to this.
  auto synced = files_.sync_folder(folder_of(path));
  if (!synced && (*taken || synced.failure().code() != errc::not_found))
    return uncertain(synced.failure().wrap("cannot remove " + path));
  (void)files_.remove(own); // else it goes with the folder
  return {};
}

result<void> fenced_folder::discard(const std::string& path) {
  std::string own = next_own();
  auto taken = take_away(path, own);
  if (!taken)
    return taken.failure();
  (void)files_.remove(own);
  return {};
}

/// False when there was nothing.
result<bool> fenced_folder::take_away(const std::string& path, const std::string& to) {
  auto renamed = files_.rename(path, to);
  if (renamed)
    return true;
  error why = explain(renamed.failure()).wrap("cannot remove " + path);
  if (why.code() == errc::fenced)
    return why;
  auto there = files_.info(path);
  if (there)
    return why;
  if (there.failure().code() != errc::not_found)
    return uncertain(why);
  return false;
}

result<void> fenced_folder::leave() {
  return remove_contended(files_, own_);
}

} // namespace weir
