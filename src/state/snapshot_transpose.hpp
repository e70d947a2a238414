#pragma once

#include <cstddef>
#include <span>

namespace weir {

/// Reads `from` as a matrix with rows of `width` bytes, which divides its size, and writes its transpose to
/// `to`, which has the same size and does not overlap. Transposing the result with a width of `from.size() /
/// width` gives `from` again.
void transpose(std::span<const char> from, std::size_t width, char* to);

} // namespace weir
