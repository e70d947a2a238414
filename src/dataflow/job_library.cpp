#include "dataflow/job_library.hpp"

#include "base/platform.hpp"
#include "dataflow/elf_file.hpp"

#include <weir/arguments.hpp>
#include <weir/environment.hpp>

#include <algorithm>
#include <dlfcn.h>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir {

namespace {

constexpr std::size_t jobs_max = 1000; // of one library; each is compared with each

constexpr const char* compile_again = "compile it again with `weir compile`";

/// The texts of a section that holds them one behind the other, each with its end and any number of zeros.
std::vector<std::string> texts_in(std::string_view section) {
  std::vector<std::string> texts;
  while (!section.empty()) {
    std::size_t end = std::min(section.find('\0'), section.size());
    if (end != 0)
      texts.emplace_back(section.substr(0, end));
    section.remove_prefix(std::min(end + 1, section.size()));
  }
  return texts;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// A process may load two versions of a job. What the compiler makes unique in a process (static objects of
/// templates and inline functions) would be one object for both of them, so that the newer one would work
/// with the record types of the older. Only the standard library's own are the same in all versions.
bool of_standard_library(std::string_view mangled_name) {
  for (std::string_view prefix : {"_ZGV", "_Z", "Z", "N", "K"})
    if (mangled_name.starts_with(prefix))
      mangled_name.remove_prefix(prefix.size());
  return mangled_name.starts_with("St");
}

error refused(std::string clause) {
  return error{errc::invalid_argument, std::move(clause)};
}

} // namespace

result<job_library_info> inspect_job_library(std::span<const char> bytes) {
  auto elf = elf_file::read(bytes);
  if (!elf)
    return elf.failure();
  auto abi_section = elf->section("weir_abi");
  if (!abi_section)
    return refused("it is not a job library: there is no WEIR_JOB in it");

  job_library_info info;
  for (std::string& abi : texts_in(*abi_section)) {
    if (abi != detail::library_abi)
      return refused("it was compiled for \"" + abi + "\" and this program for \"" + detail::library_abi +
                     "\": " + compile_again);
    info.abi = std::move(abi);
  }
  if (info.abi.empty())
    return refused("it does not say what it was compiled for: " + std::string{compile_again});

  info.jobs = texts_in(elf->section("weir_job_names").value_or(""));
  if (info.jobs.empty())
    return refused("there is no job in it: define one with WEIR_JOB(name) { ... }");
  if (info.jobs.size() > jobs_max)
    return refused("there are more than " + std::to_string(jobs_max) + " jobs in it");
  for (auto name = info.jobs.begin(); name != info.jobs.end(); ++name)
    if (std::find(info.jobs.begin(), name, *name) != name)
      return refused("it has two jobs named " + *name);

  for (std::string_view symbol : elf->process_wide_symbols())
    if (!of_standard_library(symbol))
      return refused("it would share " + std::string{symbol} + " with other job libraries: " + compile_again +
                     ", or with the compiler's option -fvisibility=hidden");
  return info;
}

result<std::shared_ptr<const job_library>> job_library::load(platform& system, const std::string& path) {
  auto context = [&](const error& cause) { return cause.wrap("cannot load the job library " + path); };
  auto bytes = system.files().read_all(path, job_library_bytes_max);
  if (!bytes)
    return context(bytes.failure());
  if (auto info = inspect_job_library(*bytes); !info)
    return context(info.failure());

  // A name without a slash would be searched for among the system's libraries. RTLD_LOCAL, because two
  // libraries may use the same names for different things.
  std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return context(error{errc::invalid_argument, ::dlerror()});
  using get_table = detail::job_table (*)();
  auto table = reinterpret_cast<get_table>(::dlsym(library, "weir_job_table"));
  if (!table)
    return context(refused("it exports no weir_job_table: " + std::string{compile_again}));
  return std::shared_ptr<const job_library>{new job_library{table()}};
}

std::vector<std::string> job_library::names() const {
  std::vector<std::string> names;
  for (const detail::job_entry* entry = table_.begin; entry != table_.end; ++entry)
    names.emplace_back(entry->name);
  return names;
}

result<const detail::job_entry*> job_library::find(const std::string& name) const {
  if (name.empty() && table_.end - table_.begin == 1)
    return table_.begin;
  if (name.empty())
    return error{errc::invalid_argument,
                 "the library has several jobs, so choose one with -c: " + listed(names())};
  for (const detail::job_entry* entry = table_.begin; entry != table_.end; ++entry)
    if (entry->name == name)
      return entry;
  return error{errc::not_found, "the library has no job " + name + "; it has " + listed(names())};
}

result<std::shared_ptr<const detail::stream_graph>> job_library::build(const job_spec& spec) const {
  auto entry = find(spec.function);
  if (!entry)
    return entry.failure();
  auto failed = [&](errc code, const std::string& reason) {
    return error{code, "the job function " + std::string{(*entry)->name} + " failed: " + reason};
  };
  auto env = std::make_shared<environment>();
  env->name((*entry)->name);
  try {
    arguments args{spec.arguments};
    (*entry)->build(*env, args);
    args.refuse_unknown();
  } catch (const argument_error& wrong) {
    return error{errc::invalid_argument, wrong.what()};
  } catch (const std::invalid_argument& wrong) { // what the API throws for a graph that cannot be
    return failed(errc::invalid_argument, wrong.what());
  } catch (const std::exception& thrown) {
    return failed(errc::failed, thrown.what());
  } catch (...) { // user code may throw anything
    return failed(errc::failed, "it threw something that is not a std::exception");
  }
  return std::shared_ptr<const detail::stream_graph>{env, &env->graph()};
}

} // namespace weir
