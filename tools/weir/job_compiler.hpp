#pragma once

#include "command.hpp"

#include <string>
#include <vector>

namespace weir::tools {

/// Where a job library finds weir: in the build tree, or where it was installed.
struct weir_paths {
  std::string include; ///< holds weir/weir.hpp
  std::string library; ///< holds libweir.so
};

struct compile_request {
  std::string source;
  std::string output;       ///< empty: the source's name with .so
  std::string optimization; ///< "-O0" … "-O3"; empty: -O2
  std::vector<std::string> flags;
};

/// Which programs to run, one after the other.
struct compile_steps {
  std::vector<std::vector<std::string>> commands;
  std::string object; ///< made on the way, to be removed; empty: none
};

/// `compiler` may have words before the compiler's own. With `use_cache` the compiler runs under ccache, and
/// apart from the linking, which ccache would not look up. Flags of the user come behind weir's own, so they
/// win.
compile_steps steps_of(const compile_request& request, const std::string& output, const weir_paths& paths,
                       const std::vector<std::string>& compiler, bool use_cache);

/// "words.cpp" -> "words.so", in the same folder.
std::string library_beside(const std::string& source);

/// Whether a file is a source file, by its name's end.
bool is_source(const std::string& path);

/// Compiles a job library with the compiler that CXX names, or c++. What the compiler warns of goes to
/// standard error; when it fails, the error ends with all it said. The library appears whole. Returns its
/// path.
result<std::string> compile_job(const command_context& with, const compile_request& request);

/// When `path` is a source file: compiles it, says so, and puts the library's path in its place.
result<void> compile_if_source(const command_context& with, std::string& path);

} // namespace weir::tools
