#include "script_jobs.hpp"

#include "base/hash.hpp"
#include "dataflow/code_settings.hpp"
#include "dataflow/job_library.hpp"

#include <weir/detail/job_entry.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace weir::simulation {

namespace {

const job_library& linked_jobs() {
  static const job_library jobs{weir_job_table()};
  return jobs;
}

/// -p N and -D KEY=VALUE into the specification. What is wrong; empty: nothing.
std::string read_options(const std::vector<std::string>& options, job_spec& into) {
  for (std::size_t i = 0; i < options.size(); i += 2) {
    const std::string& name = options[i];
    bool is_parallelism = name == "-p" || name == "--parallelism";
    if (!is_parallelism && name != "-D")
      return "the option " + name + " of `weir run` means nothing in the simulation";
    if (i + 1 == options.size())
      return "the option " + name + " has no value";
    const std::string& value = options[i + 1];
    if (is_parallelism) {
      auto [end, wrong] = std::from_chars(value.data(), value.data() + value.size(), into.parallelism);
      if (wrong != std::errc{} || end != value.data() + value.size())
        return name + ' ' + value + ": expected a number";
    } else {
      auto sign = value.find('=');
      if (sign == std::string::npos)
        return "-D " + value + ": expected KEY=VALUE";
      into.configuration[value.substr(0, sign)] = value.substr(sign + 1);
    }
  }
  return {};
}

} // namespace

bool script_jobs::has(const std::string& library) {
  auto names = linked_jobs().names();
  return std::ranges::find(names, library) != names.end();
}

std::string script_jobs::problem_with(const std::vector<std::string>& options) {
  job_spec read;
  return read_options(options, read);
}

const std::string& script_jobs::library_bytes() {
  static const std::string bytes = "stands for a job library";
  return bytes;
}

result<job_submission> script_jobs::submission(const scenario::job_request& what, job_id id) {
  job_spec spec;
  spec.library_hash = sha256_hex(library_bytes());
  spec.library_name = what.library + ".so";
  spec.function = what.library;
  spec.arguments = what.arguments;
  if (auto wrong = read_options(what.options, spec); !wrong.empty())
    return error{errc::invalid_argument, wrong};
  auto options = compile_options_of(spec);
  if (!options)
    return options.failure();
  auto code = build({}, spec);
  if (!code)
    return code.failure();
  auto of_code = settings_of(**code);
  if (!of_code)
    return of_code.failure();
  spec.configuration.insert(of_code->begin(), of_code->end());
  auto graph = compile(**code, *options);
  if (!graph)
    return graph.failure();
  spec.fingerprint = fingerprint(*graph);
  return job_submission{id, std::move(spec), std::make_shared<const job_graph>(*std::move(graph))};
}

result<std::shared_ptr<const detail::stream_graph>> script_jobs::build(const std::string&,
                                                                       const job_spec& spec) {
  return linked_jobs().build(spec);
}

} // namespace weir::simulation
