#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// A fuzz target is one function that must stand any bytes. The tests run it over its corpus and over
/// mutations of that (run_corpus.cpp), with any compiler. To search for more, link the target without
/// run_corpus.cpp, with clang's -fsanitize=fuzzer,address,undefined, and put what it finds into the corpus.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline void require(bool holds, const char* otherwise) {
  if (holds)
    return;
  std::fprintf(stderr, "%s\n", otherwise);
  std::abort();
}
