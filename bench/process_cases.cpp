#include "cases.hpp"

namespace bench {

std::vector<bench_case> process_cases(const bench_settings&, const std::string&, const std::string&) {
  return {};
}

} // namespace bench
