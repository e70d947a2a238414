#include "script_play.hpp"

#include "scenario_run.hpp"
#include "script_cluster.hpp"

#include <chrono>
#include <exception>

namespace weir::simulation {

namespace {

/// Of virtual time, which begins with the simulation.
double seconds(time_point at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

} // namespace

script_outcome play(const script_play& how) {
  script_outcome seen{.events = scenario::timeline{how.shown}};
  script_cluster_settings settings{
      .seed = how.seed,
      .watches_checkpoints = !breaks_files(how.what.statements),
      .keeps_logs = looks_at_logs(how.what.statements),
      .note = [&](time_point at, const std::string& what) { seen.events.add(seconds(at), 0, what); },
      .trace = {}};
  if (how.shown)
    settings.trace = [&](time_point at, const std::string& step) {
      scenario::timeline{how.shown}.add(seconds(at), 0, step);
    };
  script_cluster cluster{settings};
  try {
    scenario::scenario_run run{
        how.what,
        {.folder = script_folder, .programs = {}, .seed = how.seed, .variables = how.variables},
        cluster,
        seen.events};
    seen.done = run.run();
  } catch (const std::exception& failure) { // what the nodes did when they were to end
    seen.done = error{errc::failed, how.what.file + ": " + failure.what()};
  }
  seen.trace = cluster.trace();
  seen.steps = cluster.steps();
  seen.seconds = seconds(cluster.now());
  return seen;
}

} // namespace weir::simulation
