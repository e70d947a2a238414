#include "wire/block_codec.hpp"

#include <cassert>
#include <new>
#include <string>
#include <zstd.h>

namespace weir {

struct block_compressor::context {
  ZSTD_CCtx* zstd = ZSTD_createCCtx();
  ~context() { ZSTD_freeCCtx(zstd); }
};

block_compressor::block_compressor(int level) : context_{std::make_unique<context>()} {
  assert(level >= level_min && level <= level_max);
  if (!context_->zstd || ZSTD_isError(ZSTD_CCtx_setParameter(context_->zstd, ZSTD_c_compressionLevel, level)))
    throw std::bad_alloc{};
}

block_compressor::~block_compressor() = default;
block_compressor::block_compressor(block_compressor&&) noexcept = default;
block_compressor& block_compressor::operator=(block_compressor&&) noexcept = default;

std::size_t block_compressor::compress(std::span<const char> from, std::span<char> to) {
  std::size_t size = ZSTD_compress2(context_->zstd, to.data(), to.size(), from.data(), from.size());
  return ZSTD_isError(size) ? 0 : size;
}

struct block_decompressor::context {
  ZSTD_DCtx* zstd = ZSTD_createDCtx();
  ~context() { ZSTD_freeDCtx(zstd); }
};

block_decompressor::block_decompressor() : context_{std::make_unique<context>()} {
  if (!context_->zstd)
    throw std::bad_alloc{};
}

block_decompressor::~block_decompressor() = default;
block_decompressor::block_decompressor(block_decompressor&&) noexcept = default;
block_decompressor& block_decompressor::operator=(block_decompressor&&) noexcept = default;

result<void> block_decompressor::decompress(std::span<const char> from, std::span<char> to) {
  std::size_t size = ZSTD_decompressDCtx(context_->zstd, to.data(), to.size(), from.data(), from.size());
  if (ZSTD_isError(size))
    return error{errc::corrupt, "zstd says: " + std::string{ZSTD_getErrorName(size)}};
  if (size != to.size())
    return error{errc::corrupt,
                 "it has " + std::to_string(size) + " bytes instead of " + std::to_string(to.size())};
  return {};
}

} // namespace weir
