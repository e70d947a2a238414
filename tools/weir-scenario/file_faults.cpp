#include "file_faults.hpp"

#include <fstream>
#include <stdexcept>

#include <glob.h>

namespace weir::scenario {

namespace {

void flip(const std::filesystem::path& file, std::uint64_t position) {
  std::fstream opened{file, std::ios::in | std::ios::out | std::ios::binary};
  auto at = static_cast<std::streamoff>(position);
  char byte = 0;
  opened.seekg(at);
  opened.get(byte);
  opened.seekp(at);
  opened.put(static_cast<char>(~byte));
  if (!opened.flush())
    throw std::runtime_error{"cannot change byte " + std::to_string(position) + " of " + file.string()};
}

} // namespace

std::vector<std::string> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  return paths;
}

void break_one_file(const std::filesystem::path& file, file_fault how, std::uint64_t position) {
  if (how == file_fault::remove) {
    std::filesystem::remove(file);
    return;
  }
  std::uint64_t size = std::filesystem::file_size(file);
  if (position >= size)
    throw std::runtime_error{file.string() + " has only " + std::to_string(size) + " bytes"};
  if (how == file_fault::truncate)
    std::filesystem::resize_file(file, position);
  else
    flip(file, position);
}

void write_whole_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::filesystem::path written = file.string() + ".new";
  if (std::ofstream out{written}; !(out << text << '\n').flush())
    throw std::runtime_error{"cannot write " + file.string()};
  std::filesystem::rename(written, file);
}

} // namespace weir::scenario
