#pragma once

#include <string> // for the macros of the standard library

#define WEIR_STRINGIFY_2(x) #x
#define WEIR_STRINGIFY(x) WEIR_STRINGIFY_2(x)

#ifdef __clang__
#define WEIR_COMPILER "clang++ " WEIR_STRINGIFY(__clang_major__)
#else
#define WEIR_COMPILER "g++ " WEIR_STRINGIFY(__GNUC__)
#endif
#ifdef _GLIBCXX_DEBUG
#define WEIR_CONTAINERS "checked containers"
#else
#define WEIR_CONTAINERS "plain containers"
#endif

// clang-format off
/// Everything that must be equal in a job library and in the process that loads it: the engine's templates live in
/// both. Raise the first number with every change to a class in include/weir.
#define WEIR_ABI                                                                                                       \
  "weir-abi 2; " WEIR_COMPILER "; libstdc++ " WEIR_STRINGIFY(_GLIBCXX_RELEASE)                                         \
  " cxx11=" WEIR_STRINGIFY(_GLIBCXX_USE_CXX11_ABI) "; " WEIR_CONTAINERS
// clang-format on

namespace weir {

class arguments;
class environment;

namespace detail {

/// A job function as a library offers it.
struct job_entry {
  const char* name;
  void (*build)(environment& env, arguments& args);
};

// They lie side by side in their section, so there must be no gaps between them.
static_assert(sizeof(job_entry) == 16);

/// What `weir_job_table` of a job library gives.
struct job_table {
  const job_entry* begin;
  const job_entry* end;
};

/// The ABI stands in a section of its own, so that it can be compared before any code of the library runs.
/// Each source file of a library adds its own, which shows a file that was compiled otherwise than the rest.
[[gnu::section("weir_abi"), gnu::used]] static constexpr char library_abi[] = WEIR_ABI;

} // namespace detail
} // namespace weir

extern "C" {
// Made by the linker around the section that WEIR_JOB fills.
extern const weir::detail::job_entry __start_weir_jobs[] __attribute__((weak, visibility("hidden")));
extern const weir::detail::job_entry __stop_weir_jobs[] __attribute__((weak, visibility("hidden")));

[[gnu::used, gnu::visibility("default")]] inline weir::detail::job_table weir_job_table() {
  return {__start_weir_jobs, __stop_weir_jobs};
}
}

/// Defines a job function; `env` (the environment) and `args` (the job's arguments) are in scope.
///
///   WEIR_JOB(word_lengths) {
///     env.from(weir::text_files(args.required<std::string>("input")))
///         .map([](std::string_view line) { return line.size(); })
///         .print();
///   }
#define WEIR_JOB(job_name)                                                                                   \
  static void weir_job_##job_name(::weir::environment& env, ::weir::arguments& args);                        \
  /* The name once more, where it is found without relocations, that is without loading the library. */      \
  [[gnu::section("weir_job_names"), gnu::used]] static constexpr char weir_job_name_##job_name[] =           \
      #job_name;                                                                                             \
  [[gnu::section("weir_jobs"), gnu::used]] static const ::weir::detail::job_entry weir_job_entry_##job_name{ \
      weir_job_name_##job_name, &weir_job_##job_name};                                                       \
  static void weir_job_##job_name([[maybe_unused]] ::weir::environment& env,                                 \
                                  [[maybe_unused]] ::weir::arguments& args)
