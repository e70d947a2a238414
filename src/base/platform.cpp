#include "base/platform.hpp"

#include "base/durable_file.hpp"

#include <algorithm>

namespace weir {

result<std::string> file_system::read_all(const std::string& path, std::uint64_t max_bytes) {
  auto file = open(path);
  if (!file)
    return file.failure();
  auto too_long = [&] {
    return error{errc::invalid_argument,
                 "cannot read " + path + ": it is longer than " + std::to_string(max_bytes) + " bytes"};
  };
  // The size is only a hint: the file may grow meanwhile, and /proc states 0.
  std::uint64_t expected = (*file)->size();
  if (expected > max_bytes)
    return too_long();
  constexpr std::uint64_t step = 64 * 1024;
  std::string content;
  while (true) {
    std::uint64_t room =
        std::max<std::uint64_t>(expected > content.size() ? expected - content.size() : 0, step);
    room = std::min(room, max_bytes - content.size() + 1); // one more, to notice what is too long
    std::size_t begin = content.size();
    content.resize(begin + room);
    auto count = (*file)->read_at(begin, std::span{content}.subspan(begin));
    if (!count)
      return count.failure();
    content.resize(begin + *count);
    if (content.size() > max_bytes)
      return too_long();
    if (*count < room)
      return content;
  }
}

result<void> file_system::write_atomically(const std::string& path, std::span<const char> bytes) {
  std::string folder = folder_of(path);
  std::string temporary = folder + "/." + std::string{name_of(path)} + ".tmp";

  auto write = [&]() -> result<void> {
    if (auto done = write_durable_file(*this, temporary, bytes); !done)
      return done;
    return rename(temporary, path);
  };
  if (auto written = write(); !written) {
    (void)remove(temporary); // what counts is why it could not be written
    return written.failure().wrap("cannot write " + path);
  }
  return sync_folder(folder);
}

result<void> file_system::create_durable_folders(const std::string& path) {
  std::vector<std::string> missing;
  for (std::string at = path; at != "." && at != "/"; at = folder_of(at)) {
    auto found = info(at);
    if (found)
      break;
    if (found.failure().code() != errc::not_found)
      return found.failure();
    missing.push_back(at);
  }
  if (auto created = create_folders(path); !created)
    return created;
  // One that is there may be the work of a process that ended before it synced.
  if (missing.empty())
    return sync_folder(folder_of(path));
  for (auto each = missing.rbegin(); each != missing.rend(); ++each)
    if (auto synced = sync_folder(folder_of(*each)); !synced)
      return synced;
  return {};
}

std::string folder_of(std::string_view path) {
  std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : std::string{path.substr(0, std::max<std::size_t>(slash, 1))};
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

} // namespace weir
