#include "own_processes.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <sys/prctl.h>
#include <unistd.h>

namespace weir::scenario {

namespace {

/// Is the process of this folder of /proc a child of ours that lives?
bool is_living_child(const std::filesystem::path& folder) {
  std::ifstream file{folder / "stat"};
  std::string line;
  std::getline(file, line);
  // "pid (name) state parent …", and the name may hold anything.
  std::size_t after_name = line.rfind(") ");
  if (after_name == std::string::npos)
    return false;
  char state = line[after_name + 2];
  return std::atoi(line.c_str() + after_name + 4) == ::getpid() && state != 'Z' && state != 'X';
}

std::string command_line(const std::filesystem::path& folder) {
  std::ifstream file{folder / "cmdline"};
  std::string line{std::istreambuf_iterator<char>{file}, {}};
  std::ranges::replace(line, '\0', ' ');
  return line;
}

} // namespace

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

std::vector<std::string> living_children() {
  std::vector<std::string> found;
  std::error_code gone; // processes end while we look
  for (std::filesystem::directory_iterator entry{"/proc", gone}, end; entry != end; entry.increment(gone))
    if (std::string name = entry->path().filename();
        name.find_first_not_of("0123456789") == std::string::npos)
      if (is_living_child(entry->path()))
        found.push_back(name + ": " + command_line(entry->path()));
  return found;
}

} // namespace weir::scenario
