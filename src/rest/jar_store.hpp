#pragma once

#include "base/platform.hpp"
#include "base/result.hpp"
#include "dataflow/job_library.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A library that was uploaded through `/jars`.
struct stored_jar {
  std::string id;   ///< "<32 hexadecimal digits>_<name>"
  std::string name; ///< as uploaded, reduced to letters, digits and "._-"
  std::int64_t uploaded_wall_ms = 0;
  std::uint64_t size = 0;
  std::string sha256;
  job_library_info contents;
};

/// The folder of uploaded libraries. Each has a description beside it, written last, so that an upload that
/// was cut off is not seen. The calls block on files; one thread at a time.
class jar_store {
public:
  /// inspect_job_library, but for tests.
  using inspector = std::function<result<job_library_info>(std::span<const char> bytes)>;

  /// How many libraries it keeps; what nobody removes must not fill the disk.
  static constexpr std::size_t jars_max = 1000;

  jar_store(weir::platform& platform, std::string folder, inspector inspect = inspect_job_library);

  /// Refuses with invalid_argument what is not a job library, or one of another ABI.
  result<stored_jar> add(std::string_view file_name, std::string_view bytes);

  /// Newest first.
  result<std::vector<stored_jar>> list();

  result<stored_jar> find(const std::string& id);

  result<void> remove(const std::string& id);

  [[nodiscard]] std::string path_of(const stored_jar& jar) const { return folder_ + "/" + jar.id; }
  [[nodiscard]] const std::string& folder() const { return folder_; }

private:
  weir::platform& platform_;
  std::string folder_;
  inspector inspect_;
};

} // namespace weir
