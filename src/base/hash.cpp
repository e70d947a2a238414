#include "base/hash.hpp"

#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <new>

namespace weir {

std::uint64_t hash64(std::span<const char> bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

struct running_hash64::state {
  XXH3_state_t* hash = XXH3_createState();

  state() {
    if (!hash || XXH3_64bits_reset(hash) != XXH_OK)
      throw std::bad_alloc{};
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { XXH3_freeState(hash); }
};

running_hash64::running_hash64() : state_{std::make_unique<state>()} {}
running_hash64::~running_hash64() = default;
running_hash64::running_hash64(running_hash64&&) noexcept = default;
running_hash64& running_hash64::operator=(running_hash64&&) noexcept = default;

void running_hash64::update(std::span<const char> bytes) {
  XXH3_64bits_update(state_->hash, bytes.data(), bytes.size());
}

std::uint64_t running_hash64::value() const {
  return XXH3_64bits_digest(state_->hash);
}

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();

  state() {
    // Both fail only for want of memory.
    if (!context || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1)
      throw std::bad_alloc{};
  }
  state(const state&) = delete;
  state& operator=(const state&) = delete;
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_{std::make_unique<state>()} {}
sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::update(std::span<const char> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string sha256::finish() {
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
  constexpr char hex_digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (unsigned char byte : digest)
    (text += hex_digits[byte >> 4]) += hex_digits[byte & 0xf];
  return text;
}

std::string sha256_hex(std::span<const char> bytes) {
  sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

bool is_sha256_hex(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

} // namespace weir
