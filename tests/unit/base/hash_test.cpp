#include "base/hash.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;

TEST_CASE("SHA-256 gives the digests of FIPS 180-4") {
  CHECK(sha256_hex({}) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex(std::string{"abc"}) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex(std::vector<char>(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 of pieces is that of the whole") {
  std::vector<char> bytes(10'000);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 7);
  sha256 hash;
  for (std::size_t at = 0, size = 0; at < bytes.size(); at += size++)
    hash.update(std::span{bytes}.subspan(at, std::min(size, bytes.size() - at)));
  CHECK(hash.finish() == sha256_hex(bytes));
}

TEST_CASE("hash64 is XXH3 and so the same in every build") {
  CHECK(hash64({}) == 0x2d06800538d394c2);
  CHECK(hash64(std::string{"abc"}) == 0x78af5f94892f3950);
}

TEST_CASE("hash64 of pieces is that of the whole, also while more come") {
  CHECK(running_hash64{}.value() == hash64({}));
  std::vector<char> bytes(10'000);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>(i * 7);
  running_hash64 hash;
  for (std::size_t at = 0, size = 0; at < bytes.size(); at += size++) {
    hash.update(std::span{bytes}.subspan(at, std::min(size, bytes.size() - at)));
    std::size_t end = std::min(at + size, bytes.size());
    CHECK(hash.value() == hash64(std::span{bytes}.first(end)));
  }
}

TEST_CASE("only 64 lower-case hexadecimal digits pass as a hash") {
  CHECK(is_sha256_hex(sha256_hex({})));
  CHECK_FALSE(is_sha256_hex(""));
  CHECK_FALSE(is_sha256_hex(std::string(63, 'a')));
  CHECK_FALSE(is_sha256_hex(std::string(65, 'a')));
  CHECK_FALSE(is_sha256_hex(std::string(64, 'A')));
  CHECK_FALSE(is_sha256_hex("../" + std::string(61, 'a')));
}
