#include "base/durable_file.hpp"

namespace weir {

result<void> write_durable_file(file_system& files, const std::string& path, std::span<const char> bytes,
                                bool exclusive) {
  auto file = files.create(path, exclusive);
  if (!file)
    return file.failure();
  if (auto done = (*file)->append(bytes); !done)
    return done;
  if (auto done = (*file)->sync(); !done)
    return done;
  return (*file)->close();
}

} // namespace weir
