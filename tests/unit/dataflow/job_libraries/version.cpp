#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>

namespace weir_test {

struct record {};

/// As the engine keeps what it knows of a record type: one object for each type.
template <class Record>
const std::string& version_of() {
  static const std::string version = std::to_string(VERSION);
  return version;
}

} // namespace weir_test

/// Both versions of this library have the same names for everything.
WEIR_JOB(versioned) {
  env.name("version " + weir_test::version_of<weir_test::record>());
}
