#include "temporary_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

namespace weir::testing {

namespace {

void allow_deletion(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, std::filesystem::perm_options::add,
                               ignored);
  for (std::filesystem::directory_iterator entry{folder, ignored}, end; entry != end;
       entry.increment(ignored))
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored))
      allow_deletion(entry->path());
}

} // namespace

temporary_folder::temporary_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::system_error{errno, std::generic_category(), "cannot create " + pattern};
  path_ = pattern;
}

temporary_folder::~temporary_folder() {
  allow_deletion(path_);
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temporary_folder::write(std::string_view name, std::string_view contents) const {
  auto path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file{path, std::ios::binary};
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  if (!file.flush())
    throw std::runtime_error{"cannot write " + path.string()};
  return path.string();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file)
    throw std::runtime_error{"cannot read " + path.string()};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace weir::testing
