#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir {

/// XXH3, 64 bits: fast, the same on every machine and in every version, without protection against an
/// adversary.
std::uint64_t hash64(std::span<const char> bytes);

/// The same of bytes that come in pieces: however they are cut, the hash is that of all of them.
class running_hash64 {
public:
  running_hash64();
  ~running_hash64();
  running_hash64(running_hash64&&) noexcept;
  running_hash64& operator=(running_hash64&&) noexcept;

  void update(std::span<const char> bytes);
  [[nodiscard]] std::uint64_t value() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

/// SHA-256 of bytes that come in pieces.
class sha256 {
public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;

  void update(std::span<const char> bytes);

  /// 64 lower-case hexadecimal digits over all that was given. Nothing may be called afterwards.
  std::string finish();

private:
  struct state;
  std::unique_ptr<state> state_;
};

std::string sha256_hex(std::span<const char> bytes);

/// Whether `text` is 64 lower-case hexadecimal digits: such a text from a peer is safe as a file name.
bool is_sha256_hex(std::string_view text);

} // namespace weir
