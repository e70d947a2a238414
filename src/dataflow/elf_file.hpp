#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace weir {

/// The sections of a shared library for this machine, read from its bytes. The bytes may be anything: every
/// offset in them is checked before it is followed.
class elf_file {
public:
  /// `bytes` must outlive the object. Fails with invalid_argument and a clause that begins with "it is".
  static result<elf_file> read(std::span<const char> bytes);

  /// The contents of the first section of that name; nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> section(std::string_view name) const;

  /// The names of the symbols it shares with every library of the process (STB_GNU_UNIQUE).
  [[nodiscard]] std::vector<std::string_view> process_wide_symbols() const;

private:
  struct part {
    std::string_view name;
    std::string_view content;
    std::uint32_t type = 0;
    std::uint32_t link = 0; ///< the section that belongs to it
  };

  std::vector<part> sections_;
};

} // namespace weir
