#include <weir/arguments.hpp>
#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>

#include <stdexcept>

namespace {

struct nothing final : weir::detail::stream_operator {
  void process(std::uint32_t, weir::detail::batch_ptr&) override {}
};

} // namespace

/// As many nodes as `--nodes` says; its name is its own.
WEIR_JOB(counted) {
  env.name("counts " + args.optional<std::string>("what", "nothing"));
  env.graph().nodes.resize(args.required<std::size_t>("nodes"));
  for (auto& node : env.graph().nodes)
    node.make = [] { return std::make_unique<nothing>(); };
}

/// Throws what `--with` says.
WEIR_JOB(thrown) {
  std::string with = args.required<std::string>("with");
  if (with == "error")
    throw std::runtime_error{"the moon is full"};
  if (with == "parallelism")
    env.set_parallelism(0);
  throw 42;
}
