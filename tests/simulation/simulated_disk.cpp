#include "simulation/simulated_disk.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace weir::simulation {

namespace {

error failure(errc code, const char* action, const std::string& path, const char* why) {
  return error{code, std::string{"cannot "} + action + " " + path + ": " + why};
}

const char* text(simulated_disk::action what) {
  using enum simulated_disk::action;
  switch (what) {
  case create:
    return "create";
  case append:
    return "write";
  case sync:
  case sync_folder:
    return "sync";
  case rename:
    return "rename";
  case remove:
    return "remove";
  case create_folder:
    return "create folder";
  case remove_folder:
    return "remove folder";
  case read:
    return "read";
  }
  return "use";
}

std::vector<std::string_view> parts(std::string_view path) {
  std::vector<std::string_view> names;
  while (!path.empty()) {
    auto slash = std::min(path.find('/'), path.size());
    if (slash != 0 && path.substr(0, slash) != ".")
      names.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return names;
}

/// Holds the lock of a file through what all who ask for it would share.
class shared_lock final : public file_lock {
public:
  explicit shared_lock(std::shared_ptr<file_lock> held) : held_{std::move(held)} {}

private:
  std::shared_ptr<file_lock> held_;
};

} // namespace

class simulated_disk::reader final : public readable_file {
public:
  reader(simulated_disk& disk, node_number at, std::string path)
      : disk_{disk}, at_{at}, path_{std::move(path)} {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    if (auto may = disk_.may_read(path_); !may)
      return may.failure();
    const std::string& content = disk_.nodes_[at_].content;
    if (offset >= content.size())
      return std::size_t{0};
    auto count = std::min<std::size_t>(into.size(), content.size() - offset);
    std::memcpy(into.data(), content.data() + offset, count);
    return count;
  }

  std::uint64_t size() const override { return disk_.nodes_[at_].content.size(); }

private:
  simulated_disk& disk_;
  node_number at_;
  std::string path_;
};

class simulated_disk::writer final : public writable_file {
public:
  writer(simulated_disk& disk, node_number at, std::string path)
      : disk_{disk}, at_{at}, path_{std::move(path)}, process_{disk.process_} {}

  result<void> append(std::span<const char> bytes) override {
    if (auto usable = check(); !usable)
      return usable;
    auto add = [&](std::size_t count) { disk_.nodes_[at_].content.append(bytes.data(), count); };
    bool refused = disk_.crashed_;
    bool whole = false;
    auto done = disk_.run(action::append, path_, [&]() -> result<void> {
      add(bytes.size());
      whole = true;
      return {};
    });
    if (!refused && !whole && !disk_.refused_)
      add(bytes.size() / 2);
    return done;
  }

  result<void> sync() override {
    if (auto usable = check(); !usable)
      return usable;
    auto done = disk_.run(action::sync, path_, [&]() -> result<void> {
      node& file = disk_.nodes_[at_];
      if (!file.unsyncable)
        file.synced_content = file.content;
      return {};
    });
    if (!done) {
      is_open_ = false;
      disk_.nodes_[at_].unsyncable = true;
    }
    return done;
  }

  result<void> close() override {
    if (auto usable = check(); !usable)
      return usable;
    is_open_ = false;
    return {};
  }

private:
  [[nodiscard]] result<void> check() const {
    if (!is_open_ || process_ != disk_.process_)
      return failure(errc::io_failed, "write", path_, "the file is closed");
    return {};
  }

  simulated_disk& disk_;
  node_number at_;
  std::string path_;
  std::uint64_t process_;
  bool is_open_ = true;
};

simulated_disk::simulated_disk() {
  nodes_.emplace_back().is_folder = true;
}

simulated_disk::simulated_disk(const simulated_disk& other)
    : file_system{}, nodes_{other.nodes_}, unsynced_{other.unsynced_}, crashed_{other.crashed_} {}

template <class Effect>
result<void> simulated_disk::run(action what, const std::string& path, Effect effect,
                                 const std::string& target) {
  auto refuse = [&](const char* why) { return failure(errc::io_failed, text(what), path, why); };
  if (crashed_)
    return refuse("the process has ended");
  ++operations_;
  fault now = on_operation ? on_operation({what, path, operations_, target}) : fault::none;
  refused_ = now == fault::refuse;
  crashed_ = now == fault::crash_before || now == fault::crash_after;
  if (now == fault::crash_before)
    return refuse("the process ends");
  if (refused_)
    return refuse("the process has ended");
  if (now == fault::fail)
    return refuse("Input/output error");
  result<void> done = effect();
  if (now == fault::crash_after)
    return refuse("the process ends");
  return done && now == fault::fail_done ? refuse("Input/output error") : done;
}

result<void> simulated_disk::may_read(const std::string& path) {
  if (crashed_)
    return failure(errc::io_failed, "read", path, "the process has ended");
  if (on_operation && on_operation({action::read, path, operations_}) != fault::none)
    return failure(errc::io_failed, "read", path, "Input/output error");
  return {};
}

simulated_disk::place simulated_disk::find(std::string_view path) const {
  place found{none, {}, 0};
  for (std::string_view name : parts(path)) {
    if (found.at == none || !nodes_[found.at].is_folder)
      return {none, std::string{name}, none};
    found = {found.at, std::string{name}, none};
    const auto& entries = nodes_[found.folder].entries;
    if (auto entry = entries.find(found.name); entry != entries.end())
      found.at = entry->second;
  }
  return found;
}

void simulated_disk::change(folder_change changes) {
  for (const entry_change& each : changes) {
    auto& entries = nodes_[each.folder].entries;
    if (each.to == none)
      entries.erase(each.name);
    else
      entries[each.name] = each.to;
  }
  unsynced_.push_back(std::move(changes));
}

void simulated_disk::make_durable(const folder_change& changes) {
  for (const entry_change& each : changes) {
    auto& entries = nodes_[each.folder].synced_entries;
    if (each.to == none)
      entries.erase(each.name);
    else
      entries[each.name] = each.to;
  }
}

result<void> simulated_disk::sync_folder(const std::string& folder) {
  return run(action::sync_folder, folder, [&]() -> result<void> {
    place found = find(folder);
    if (found.at == none)
      return failure(errc::not_found, "sync", folder, "No such file or directory");
    // With each change go those before it that it rests on.
    std::vector<bool> wanted(unsynced_.size());
    std::set<entry_name> rested_on;
    for (std::size_t i = unsynced_.size(); i-- > 0;) {
      wanted[i] = std::ranges::any_of(unsynced_[i], [&](const entry_change& each) {
        return each.folder == found.at || rested_on.contains({each.folder, each.name});
      });
      if (wanted[i])
        for (const entry_change& each : unsynced_[i])
          rested_on.emplace(each.folder, each.name);
    }
    std::vector<folder_change> left;
    for (std::size_t i = 0; i < unsynced_.size(); ++i) {
      if (wanted[i])
        make_durable(unsynced_[i]);
      else
        left.push_back(std::move(unsynced_[i]));
    }
    unsynced_ = std::move(left);
    return {};
  });
}

void simulated_disk::restart() {
  crashed_ = false;
  ++process_;
  locks_.clear();
}

void simulated_disk::end_process_of(std::uint64_t which) {
  std::erase_if(locks_, [&](const auto& each) { return each.second.user == which; });
}

void simulated_disk::cut_power_of(std::uint64_t which, std::uint64_t seed) {
  end_process_of(which);
  std::mt19937_64 random{seed};
  for (node& each : nodes_)
    if (each.writer == which && !each.is_folder) {
      lose_part(each, random);
      each.synced_content = each.content;
      each.unsyncable = false;
    }
}

void simulated_disk::lose_part(node& of, std::mt19937_64& random) {
  if (of.content == of.synced_content)
    return;
  std::size_t kept = of.content.starts_with(of.synced_content) ? of.synced_content.size() : 0;
  switch (random() % 4) {
  case 0:
    of.content = of.synced_content;
    break;
  case 1: // its size was written, and not all of its bytes
    std::fill(of.content.begin() +
                  static_cast<std::ptrdiff_t>(kept + random() % (of.content.size() - kept + 1)),
              of.content.end(), '\0');
    break;
  case 2:
    of.content.resize(kept + random() % (of.content.size() - kept + 1));
    break;
  default:
    break;
  }
}

void simulated_disk::cut_power(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  auto kept_of_four = random() % 5; // 0: nothing survives, 4: everything
  std::set<entry_name> lost;
  for (folder_change& each : unsynced_) {
    bool rests_on_lost = std::ranges::any_of(each, [&](const entry_change& one) {
      return lost.contains({one.folder, one.name});
    });
    if (rests_on_lost || random() % 4 >= kept_of_four) {
      for (const entry_change& one : each)
        lost.emplace(one.folder, one.name);
      continue;
    }
    make_durable(each);
    // Of a file that was renamed the old name may still be there; a folder never has two.
    if (each.size() == 2 && !nodes_[each[0].to].is_folder && random() % 4 == 0) {
      const entry_change& old = each[1];
      nodes_[old.folder].synced_entries[old.name] = each[0].to;
    }
  }
  unsynced_.clear();
  for (node& each : nodes_) {
    each.entries = each.synced_entries;
    lose_part(each, random);
    each.synced_content = each.content;
    each.unsyncable = false;
  }
  restart();
}

std::vector<std::string> simulated_disk::tree() const {
  std::vector<std::string> paths;
  auto walk = [&](auto& self, node_number at, const std::string& path) -> void {
    for (const auto& [name, below] : nodes_[at].entries) {
      std::string full = path + name + (nodes_[below].is_folder ? "/" : "");
      paths.push_back(full);
      self(self, below, full);
    }
  };
  walk(walk, 0, "");
  return paths;
}

std::string simulated_disk::content(std::string_view path) const {
  return nodes_.at(find(path).at).content;
}

bool simulated_disk::is_name_synced(std::string_view path) const {
  place found = find(path);
  if (found.at == none)
    return false;
  const auto& synced = nodes_[found.folder].synced_entries;
  auto entry = synced.find(found.name);
  return entry != synced.end() && entry->second == found.at;
}

std::string simulated_disk::synced_content(std::string_view path) const {
  return nodes_.at(find(path).at).synced_content;
}

void simulated_disk::set_content(std::string_view path, std::string content) {
  node& file = nodes_.at(find(path).at);
  file.content = file.synced_content = std::move(content);
}

result<std::unique_ptr<readable_file>> simulated_disk::open(const std::string& path) {
  if (auto may = may_read(path); !may)
    return may.failure();
  place found = find(path);
  if (found.at == none)
    return failure(errc::not_found, "open", path, "No such file or directory");
  if (nodes_[found.at].is_folder)
    return failure(errc::io_failed, "open", path, "Is a directory");
  return std::unique_ptr<readable_file>{std::make_unique<reader>(*this, found.at, path)};
}

result<std::unique_ptr<writable_file>> simulated_disk::create(const std::string& path, bool exclusive) {
  place made;
  auto done = run(action::create, path, [&]() -> result<void> {
    made = find(path);
    if (made.at == none && made.folder == none)
      return failure(errc::not_found, "create", path, "No such file or directory");
    if (made.at == none) {
      made.at = nodes_.size();
      nodes_.emplace_back();
      change({{made.folder, made.name, made.at}});
      return {};
    }
    if (exclusive)
      return failure(errc::already_exists, "create", path, "File exists");
    if (nodes_[made.at].is_folder)
      return failure(errc::io_failed, "create", path, "Is a directory");
    nodes_[made.at].content.clear();
    return {};
  });
  if (!done)
    return done.failure();
  nodes_[made.at].writer = user;
  return std::unique_ptr<writable_file>{std::make_unique<writer>(*this, made.at, path)};
}

result<file_info> simulated_disk::info(const std::string& path) {
  if (auto may = may_read(path); !may)
    return may.failure();
  place found = find(path);
  if (found.at == none)
    return failure(errc::not_found, "read", path, "No such file or directory");
  const node& at = nodes_[found.at];
  return file_info{path, at.content.size(), at.is_folder};
}

result<std::vector<file_info>> simulated_disk::list(const std::string& folder) {
  if (auto may = may_read(folder); !may)
    return may.failure();
  place found = find(folder);
  if (found.at == none || !nodes_[found.at].is_folder)
    return failure(errc::not_found, "list", folder, "No such file or directory");
  std::vector<file_info> entries;
  for (const auto& [name, at] : nodes_[found.at].entries)
    entries.push_back({folder + "/" + name, nodes_[at].content.size(), nodes_[at].is_folder});
  return entries;
}

result<void> simulated_disk::create_folder(const std::string& path) {
  return run(action::create_folder, path, [&]() -> result<void> {
    place made = find(path);
    if (made.at != none)
      return failure(errc::already_exists, "create folder", path, "File exists");
    if (made.folder == none || !nodes_[made.folder].is_folder)
      return failure(errc::not_found, "create folder", path, "No such file or directory");
    node_number at = nodes_.size();
    nodes_.emplace_back().is_folder = true;
    change({{made.folder, made.name, at}});
    return {};
  });
}

result<void> simulated_disk::create_folders(const std::string& path) {
  place found = find(path);
  if (found.at != none)
    return nodes_[found.at].is_folder ? result<void>{}
                                      : failure(errc::io_failed, "create folder", path, "Not a directory");
  if (found.folder == none)
    if (auto made = create_folders(folder_of(path)); !made)
      return made;
  return create_folder(path);
}

result<void> simulated_disk::rename(const std::string& from, const std::string& to) {
  return run(
      action::rename, from,
      [&]() -> result<void> {
        place source = find(from);
        place target = find(to);
        if (source.at == none || target.folder == none)
          return failure(errc::not_found, "rename", from + " to " + to, "No such file or directory");
        if (target.at != none && nodes_[target.at].is_folder)
          return failure(errc::io_failed, "rename", from + " to " + to, "Is a directory");
        change({{target.folder, target.name, source.at}, {source.folder, source.name, none}});
        return {};
      },
      to);
}

result<void> simulated_disk::remove(const std::string& path) {
  return run(action::remove, path, [&]() -> result<void> {
    place found = find(path);
    if (found.at == none)
      return {};
    if (nodes_[found.at].is_folder)
      return failure(errc::io_failed, "remove", path, "Is a directory");
    change({{found.folder, found.name, none}});
    return {};
  });
}

result<void> simulated_disk::remove_folder(const std::string& path) {
  return run(action::remove_folder, path, [&]() -> result<void> {
    place found = find(path);
    if (found.at == none)
      return {};
    if (!nodes_[found.at].is_folder)
      return failure(errc::io_failed, "remove folder", path, "Not a directory");
    if (!nodes_[found.at].entries.empty())
      return failure(errc::already_exists, "remove folder", path, "Directory not empty");
    change({{found.folder, found.name, none}});
    return {};
  });
}

result<void> simulated_disk::remove_all(const std::string& path) {
  place found = find(path);
  if (found.at == none)
    return {};
  if (!nodes_[found.at].is_folder)
    return remove(path);
  auto entries = nodes_[found.at].entries;
  for (const auto& [name, at] : entries)
    if (auto done = remove_all(path + "/" + name); !done)
      return done;
  return remove_folder(path);
}

result<std::unique_ptr<file_lock>> simulated_disk::lock(const std::string& path) {
  if (!locks_[path].held.expired())
    return failure(errc::unavailable, "lock", path, "it is locked already");
  if (find(path).at == none)
    if (auto made = create(path, true); !made)
      return made.failure();
  auto held = std::make_shared<file_lock>();
  locks_[path] = {user, held};
  return std::unique_ptr<file_lock>{std::make_unique<shared_lock>(held)};
}

std::function<simulated_disk::fault(const simulated_disk::operation&)> fault_at(std::uint64_t number,
                                                                                simulated_disk::fault fault) {
  return [number, fault](const simulated_disk::operation& now) {
    bool due = now.number == number && now.what != simulated_disk::action::read;
    return due ? fault : simulated_disk::fault::none;
  };
}

} // namespace weir::simulation
