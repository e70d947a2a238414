#include "wire/block_codec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace weir;

TEST_CASE("a compressed block comes back equal, at any level") {
  std::string raw;
  for (int i = 0; i < 20'000; ++i)
    raw += std::to_string(i % 777);
  for (int level : {block_compressor::level_min, -1, 1, 3, block_compressor::level_max}) {
    block_compressor compressor{level};
    block_decompressor decompressor;
    for (int again = 0; again < 2; ++again) {
      std::string stored(raw.size(), ' '), back(raw.size(), ' ');
      std::size_t size = compressor.compress(raw, stored);
      REQUIRE(size != 0);
      CHECK(size < raw.size() / 2);
      REQUIRE(decompressor.decompress({stored.data(), size}, back));
      CHECK(back == raw);
    }
  }
}

TEST_CASE("compression gives up when the result does not fit") {
  std::string raw = "abcdefghijklmnopqrstuvwxyz", room(10, ' ');
  CHECK(block_compressor{1}.compress(raw, room) == 0);
}

TEST_CASE("bytes that are no block, or one of another size, are refused") {
  std::string raw(1000, 'x'), stored(1000, ' '), back(1000, ' ');
  std::size_t size = block_compressor{1}.compress(raw, stored);
  block_decompressor decompressor;
  auto refusal = [&](std::string_view bytes, std::size_t room) {
    auto done = decompressor.decompress(bytes, std::span{back}.first(room));
    REQUIRE_FALSE(done);
    CHECK(done.failure().code() == errc::corrupt);
    return done.failure().message();
  };
  CHECK(refusal("nonsense", 1000).find("zstd says: ") == 0);
  CHECK(refusal({stored.data(), size - 1}, 1000).find("zstd says: ") == 0);
  CHECK(refusal({stored.data(), size}, 999).find("zstd says: ") == 0);
  std::string larger(1001, ' ');
  auto done = decompressor.decompress({stored.data(), size}, larger);
  REQUIRE_FALSE(done);
  CHECK(done.failure().message() == "it has 1000 bytes instead of 1001");
}

TEST_CASE("no block is compressed more than the largest ratio says") {
  std::string raw(32 << 20, 'x'), stored(1 << 20, ' ');
  std::size_t size = block_compressor{block_compressor::level_max}.compress(raw, stored);
  REQUIRE(size != 0);
  CHECK(raw.size() / size < zstd_ratio_max);
}
