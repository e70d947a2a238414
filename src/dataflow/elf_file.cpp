#include "dataflow/elf_file.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <string>
#include <type_traits>

namespace weir {

namespace {

#if defined(__x86_64__)
constexpr unsigned this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned this_machine = EM_AARCH64;
#elif defined(__riscv)
constexpr unsigned this_machine = EM_RISCV;
#else
#error "the ELF machine number of this architecture is not known here"
#endif

error refused(const std::string& clause) {
  return error{errc::invalid_argument, "it is " + clause};
}

/// `size` bytes at `offset`, or nothing when they are not all there.
std::optional<std::string_view> part_of(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset)
    return std::nullopt;
  return bytes.substr(offset, size);
}

/// The structure that begins at `offset`; it need not be aligned.
template <class T>
requires std::is_trivially_copyable_v<T> std::optional<T> structure_at(std::string_view bytes,
                                                                       std::uint64_t offset) {
  auto part = part_of(bytes, offset, sizeof(T));
  if (!part)
    return std::nullopt;
  T value;
  std::memcpy(&value, part->data(), sizeof value);
  return value;
}

/// The text that begins at `offset` of a string table. Empty when it is not there; a longer one is cut, so
/// that many names in one hostile table cost no more than the table.
std::string_view text_at(std::string_view table, std::uint64_t offset) {
  constexpr std::size_t length_max = 256;
  if (offset >= table.size())
    return {};
  std::string_view text = table.substr(offset, length_max);
  return text.substr(0, text.find('\0'));
}

} // namespace

result<elf_file> elf_file::read(std::span<const char> file) {
  std::string_view bytes{file.data(), file.size()};
  if (!bytes.starts_with(ELFMAG))
    return refused("no shared library: `weir compile` makes one from a job's source");
  auto header = structure_at<Elf64_Ehdr>(bytes, 0);
  if (!header)
    return refused("truncated: only " + std::to_string(bytes.size()) + " bytes are there");
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != this_machine)
    return refused("for another kind of machine");
  if (header->e_type != ET_DYN)
    return refused("no shared library, but an ELF file of another type");
  if (header->e_shoff == 0 || header->e_shentsize != sizeof(Elf64_Shdr))
    return refused("without a table of sections");

  std::vector<Elf64_Shdr> headers;
  for (std::uint64_t index = 0; index < header->e_shnum; ++index) {
    // The offset may wrap around, but no further than to another place that is checked as well.
    auto one = structure_at<Elf64_Shdr>(bytes, header->e_shoff + index * sizeof(Elf64_Shdr));
    if (!one)
      return refused("truncated: its table of sections ends behind its last byte, the " +
                     std::to_string(bytes.size()) + "th");
    headers.push_back(*one);
  }
  std::vector<std::string_view> contents;
  for (const Elf64_Shdr& one : headers) {
    bool has_bytes = one.sh_type != SHT_NOBITS && one.sh_type != SHT_NULL;
    auto content = has_bytes ? part_of(bytes, one.sh_offset, one.sh_size) : std::string_view{};
    if (!content)
      return refused("truncated: a section ends behind its last byte, the " + std::to_string(bytes.size()) +
                     "th");
    contents.push_back(*content);
  }
  std::string_view names = header->e_shstrndx < contents.size() ? contents[header->e_shstrndx] : "";
  elf_file elf;
  for (std::size_t index = 0; index < headers.size(); ++index)
    elf.sections_.push_back({text_at(names, headers[index].sh_name), contents[index], headers[index].sh_type,
                             headers[index].sh_link});
  return elf;
}

std::optional<std::string_view> elf_file::section(std::string_view name) const {
  auto found = std::ranges::find(sections_, name, &part::name);
  if (found == sections_.end())
    return std::nullopt;
  return found->content;
}

std::vector<std::string_view> elf_file::process_wide_symbols() const {
  std::vector<std::string_view> symbols;
  for (const part& table : sections_) {
    if (table.type != SHT_DYNSYM)
      continue;
    std::string_view names = table.link < sections_.size() ? sections_[table.link].content : "";
    for (std::uint64_t offset = 0; auto symbol = structure_at<Elf64_Sym>(table.content, offset);
         offset += sizeof(Elf64_Sym))
      if (ELF64_ST_BIND(symbol->st_info) == STB_GNU_UNIQUE && symbol->st_shndx != SHN_UNDEF)
        symbols.push_back(text_at(names, symbol->st_name));
  }
  return symbols;
}

} // namespace weir
