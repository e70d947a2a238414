#include "simulation/memory_files.hpp"

#include <algorithm>
#include <cstring>

namespace weir::simulation {

namespace {

class memory_reader final : public readable_file {
public:
  explicit memory_reader(std::shared_ptr<std::string> content) : content_{std::move(content)} {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    if (offset >= content_->size())
      return std::size_t{0};
    auto count = std::min<std::size_t>(into.size(), content_->size() - offset);
    std::memcpy(into.data(), content_->data() + offset, count);
    return count;
  }

  std::uint64_t size() const override { return content_->size(); }

private:
  std::shared_ptr<std::string> content_;
};

class memory_writer final : public writable_file {
public:
  explicit memory_writer(std::shared_ptr<std::string> content) : content_{std::move(content)} {}

  result<void> append(std::span<const char> bytes) override {
    content_->append(bytes.data(), bytes.size());
    return {};
  }
  result<void> sync() override { return {}; }
  result<void> close() override { return {}; }

private:
  std::shared_ptr<std::string> content_;
};

/// Holds the lock of a file through what all who ask for it would share.
class memory_lock final : public file_lock {
public:
  explicit memory_lock(std::shared_ptr<file_lock> held) : held_{std::move(held)} {}

private:
  std::shared_ptr<file_lock> held_;
};

error missing(const std::string& path) {
  return {errc::not_found, "there is no " + path};
}

} // namespace

result<std::unique_ptr<readable_file>> memory_files::open(const std::string& path) {
  auto found = files_.find(path);
  if (found == files_.end())
    return missing(path);
  return std::unique_ptr<readable_file>{std::make_unique<memory_reader>(found->second)};
}

result<std::unique_ptr<writable_file>> memory_files::create(const std::string& path, bool exclusive) {
  if (exclusive && files_.count(path))
    return error{errc::already_exists, path + " exists"};
  auto content = files_[path] = std::make_shared<std::string>();
  return std::unique_ptr<writable_file>{std::make_unique<memory_writer>(content)};
}

result<file_info> memory_files::info(const std::string& path) {
  if (auto found = files_.find(path); found != files_.end())
    return file_info{path, found->second->size(), false};
  auto inside = files_.lower_bound(path + "/");
  if (inside != files_.end() && inside->first.starts_with(path + "/"))
    return file_info{path, 0, true};
  return missing(path);
}

result<std::vector<file_info>> memory_files::list(const std::string& folder) {
  std::vector<file_info> entries;
  auto prefix = folder + "/";
  for (const auto& [path, content] : files_) {
    if (!path.starts_with(prefix))
      continue;
    auto end = path.find('/', prefix.size());
    file_info entry{path.substr(0, end), end == std::string::npos ? content->size() : 0,
                    end != std::string::npos};
    if (entries.empty() || entries.back().path != entry.path)
      entries.push_back(entry);
  }
  return entries;
}

result<void> memory_files::rename(const std::string& from, const std::string& to) {
  if (auto moved = files_.extract(from); !moved.empty()) {
    files_[to] = std::move(moved.mapped());
    return {};
  }
  std::map<std::string, std::shared_ptr<std::string>> inside;
  for (auto& [path, content] : files_)
    if (path.starts_with(from + "/"))
      inside[to + path.substr(from.size())] = content;
  if (inside.empty())
    return missing(from);
  (void)remove_all(from);
  files_.merge(inside);
  return {};
}

result<void> memory_files::remove(const std::string& path) {
  files_.erase(path);
  return {};
}

result<void> memory_files::remove_all(const std::string& path) {
  std::erase_if(files_,
                [&](const auto& each) { return each.first == path || each.first.starts_with(path + "/"); });
  return {};
}

result<void> memory_files::remove_folder(const std::string& path) {
  auto inside = files_.lower_bound(path + "/");
  if (inside != files_.end() && inside->first.starts_with(path + "/"))
    return error{errc::already_exists, path + " is not empty"};
  return {};
}

result<std::unique_ptr<file_lock>> memory_files::lock(const std::string& path) {
  if (!locks_[path].expired())
    return error{errc::unavailable, path + " is locked already"};
  if (!files_.count(path))
    files_[path] = std::make_shared<std::string>();
  auto held = std::make_shared<file_lock>();
  locks_[path] = held;
  return std::unique_ptr<file_lock>{std::make_unique<memory_lock>(held)};
}

} // namespace weir::simulation
