#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace weir::testing {

/// A new empty folder that is deleted, with all in it, at the end of its scope.
class temporary_folder {
public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// The path of `name` inside.
  [[nodiscard]] std::string operator/(std::string_view name) const { return (path_ / name).string(); }

  /// Writes a file, with the folders it needs, and returns its path.
  std::string write(std::string_view name, std::string_view contents) const;

private:
  std::filesystem::path path_;
};

/// All bytes of a file. Throws std::runtime_error when it cannot be read.
std::string read_file(const std::filesystem::path& path);

} // namespace weir::testing
