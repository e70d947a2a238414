#include "state/local_folders.hpp"

#include <algorithm>
#include <filesystem>

namespace weir {

std::vector<std::string> local_folders(const std::string& text) {
  std::vector<std::string> folders;
  for (std::size_t begin = 0; begin <= text.size();) {
    std::size_t end = std::min(text.find_first_of(",|:", begin), text.size());
    if (end > begin)
      folders.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (folders.empty())
    folders.push_back(std::filesystem::temp_directory_path().string());
  return folders;
}

} // namespace weir
