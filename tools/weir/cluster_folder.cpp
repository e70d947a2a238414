#include "cluster_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <tuple>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace weir::tools {
namespace {

constexpr std::uint64_t pid_file_bytes_max = 1000;
constexpr std::uint64_t output_bytes_max = 16 * 1024 * 1024;
constexpr std::string_view worker_prefix = "worker-";

/// The master first, then the workers by number.
std::pair<int, unsigned long> place_of(const std::string& node) {
  if (!node.starts_with(worker_prefix))
    return {0, 0};
  unsigned long number = 0;
  std::from_chars(node.data() + worker_prefix.size(), node.data() + node.size(), number);
  return {1, number};
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  std::string whole = std::filesystem::absolute(path, ignored).lexically_normal().string();
  while (whole.size() > 1 && whole.ends_with('/'))
    whole.pop_back();
  return whole;
}

} // namespace

cluster_folder::cluster_folder(platform& environment, const std::string& path)
    : platform_{environment}, path_{absolute(path)} {}

std::string cluster_folder::default_path() {
  const char* home = std::getenv("HOME");
  return (home && *home ? std::string{home} : "/tmp/weir-" + std::to_string(::geteuid())) + "/.weir/cluster";
}

std::vector<cluster_node> cluster_folder::nodes() const {
  std::vector<cluster_node> found;
  auto entries = platform_.files().list(path_);
  if (!entries)
    return found;
  for (const file_info& entry : *entries) {
    std::filesystem::path file{entry.path};
    if (file.extension() != ".pid")
      continue;
    auto text = platform_.files().read_all(entry.path, pid_file_bytes_max);
    cluster_node node{file.stem().string(), {}};
    if (text && std::istringstream{*text} >> node.process.id >> node.process.started && node.process.id > 1)
      found.push_back(std::move(node));
  }
  std::ranges::sort(found, {}, [](const cluster_node& node) { return place_of(node.name); });
  return found;
}

std::vector<cluster_node> cluster_folder::living_nodes() const {
  auto all = nodes();
  std::erase_if(all, [](const cluster_node& node) { return !is_alive(node.process); });
  return all;
}

result<void> cluster_folder::remember(const cluster_node& node) {
  return platform_.files().write_atomically(path_ + '/' + node.name + ".pid",
                                            std::to_string(node.process.id) + ' ' +
                                                std::to_string(node.process.started) + '\n');
}

result<void> cluster_folder::forget(const std::string& node) {
  return platform_.files().remove(path_ + '/' + node + ".pid");
}

std::optional<std::string> cluster_folder::ready_line(const std::string& node) const {
  auto text = platform_.files().read_all(output_of(node), output_bytes_max);
  if (!text)
    return std::nullopt;
  // Jobs that print write to the same file. A line without its end may lack a part.
  std::size_t begin = text->starts_with("weir-node ") ? 0 : text->find("\nweir-node ");
  std::size_t end = begin == std::string::npos ? begin : text->find('\n', begin + 1);
  if (end == std::string::npos)
    return std::nullopt;
  return text->substr(begin == 0 ? 0 : begin + 1, end - (begin == 0 ? 0 : begin + 1));
}

result<std::string> cluster_folder::rest_address() const {
  for (const cluster_node& node : living_nodes())
    if (node.name == "master")
      if (auto line = ready_line(node.name))
        return ready_field(*line, "rest");
  return error{errc::not_found, "No cluster runs in " + path_ +
                                    ": start one with `weir cluster start --dir " + path_ +
                                    "`, or name a master with -m HOST:PORT."};
}

result<folder_lock> folder_lock::take(const cluster_folder& folder) {
  std::string path = folder.path() + "/lock";
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return error{errc::io_failed, "cannot write to " + path + ": " + std::strerror(errno)};
  folder_lock lock{file};
  if (::flock(file, LOCK_EX | LOCK_NB) != 0)
    return error{errc::unavailable, "Another `weir cluster` command is at work in " + folder.path() +
                                        ": wait until it has ended."};
  return lock;
}

folder_lock::~folder_lock() {
  if (file_ >= 0)
    ::close(file_);
}

std::string ready_field(const std::string& line, std::string_view name) {
  std::string key = ' ' + std::string{name} + '=';
  std::size_t begin = line.find(key);
  if (begin == std::string::npos)
    return "";
  begin += key.size();
  return line.substr(begin, line.find(' ', begin) - begin);
}

} // namespace weir::tools
