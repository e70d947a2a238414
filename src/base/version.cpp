#include "base/version.hpp"

namespace weir {

std::string_view version() {
  return WEIR_VERSION; // from meson.build
}

} // namespace weir
