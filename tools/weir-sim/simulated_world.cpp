#include "simulated_world.hpp"

#include "jobs/outside_world.hpp"
#include "script_cluster.hpp"

#include <chrono>
#include <stdexcept>

namespace weir::simulation {

namespace {

script_cluster* present_world = nullptr;

} // namespace

world_scope::world_scope(script_cluster& world) {
  present_world = &world;
}

world_scope::~world_scope() {
  present_world = nullptr;
}

bool waits_in_user_code(const std::string& library) {
  return library == "faulty_counts";
}

} // namespace weir::simulation

namespace outside_world {

using weir::simulation::present_world;

bool create_file(const std::string& path) {
  auto& files = present_world->files();
  if (!files.create_folders(weir::folder_of(path)))
    return false;
  return files.create(path, true).has_value();
}

bool is_there(const std::string& path) {
  return present_world->files().info(path).has_value();
}

void pass(unsigned us) {
  present_world->pass_in_step(std::chrono::microseconds{us});
}

void stand_still() {
  while (present_world->wait_in_step([] { return false; })) {
  }
  throw std::runtime_error{"the simulation is over"};
}

} // namespace outside_world
