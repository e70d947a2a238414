#include "node_group.hpp"

#include "job_submission.hpp"
#include "own_processes.hpp"
#include "ports.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <poll.h>

namespace weir::scenario {

namespace {

using namespace std::chrono_literals;

const std::string loopback = "127.0.0.1";

/// Where a node is reached by others: the relay takes its connections there and makes them to the same port
/// at `loopback`, where the node listens.
std::string relayed_host(unsigned number) {
  return "127.0.1." + std::to_string(number + 1);
}

constexpr unsigned workers_max = 200; // with a host each

/// What the preloaded library reads, see preloaded_disk.cpp.
std::string control_of(const disk_state& state) {
  switch (state.how) {
  case disk_fault::well:
    return "";
  case disk_fault::full:
    return "full";
  case disk_fault::torn:
    return "torn";
  case disk_fault::unsynced:
    return "unsynced";
  case disk_fault::slow:
    return "slow " + std::to_string(state.delay.count());
  case disk_fault::refuses:
    return "refuses " + state.names;
  case disk_fault::holds:
    return "holds " + state.names;
  }
  return "";
}

std::string ready_line(unsigned number) {
  return number == master_number ? "weir-node master ready" : "weir-node worker ready";
}

std::string how_it_ended(testing::exit_state end) {
  return end.signal != 0 ? "was killed by signal " + std::to_string(end.signal)
                         : "exited with " + std::to_string(end.code);
}

} // namespace

node_group::node_group(node_group_settings settings, platform& system)
    : where_{std::move(settings)},
      system_{system},
      settings_{quick_settings()},
      relay_{[this](std::uint16_t from, std::uint16_t to) { return node_with_connection(from, to); }} {
  settings_["execution.checkpointing.dir"] = where_.folder / "checkpoints";
}

node_group::~node_group() = default;

std::vector<std::string> node_group::command_of(unsigned number, setting_map more) const {
  more.insert(settings_.begin(), settings_.end());
  std::vector<std::string> command{where_.programs / "weir-node"};
  command.push_back(number == master_number ? "--role=master" : "--role=worker");
  for (const auto& [key, value] : more)
    command.insert(command.end(), {"-D", key + '=' + value});
  return command;
}

void node_group::start_master() {
  if (has(master_number))
    throw std::runtime_error{"there is a master; 'restart master' starts it again"};
  std::uint16_t rest = unused_port({loopback}), rpc = unused_port({loopback, relayed_host(master_number)});
  node& made = nodes_[master_number];
  made.ports = {rest, rpc};
  made.command = command_of(
      master_number, {{"rest.port", std::to_string(rest)}, {"jobmanager.rpc.port", std::to_string(rpc)}});
  relay_.carry(master_number, {relayed_host(master_number), rpc}, {loopback, rpc});
  start(master_number);
  made.programs.back().wait_for_line(ready_line(master_number));
}

void node_group::start_workers(unsigned count, unsigned slots) {
  if (!has(master_number))
    throw std::runtime_error{"there is no master for workers; 'start master' comes first"};
  if (count > workers_max || workers_ + count > workers_max)
    throw std::runtime_error{"a scenario has at most " + std::to_string(workers_max) + " workers"};
  std::vector<unsigned> started;
  for (unsigned i = 0; i < count; ++i) {
    unsigned number = started.emplace_back(++workers_);
    node& made = nodes_[number];
    std::uint16_t data = unused_port({loopback, relayed_host(number)});
    made.ports = {data};
    made.command = command_of(number, {{"taskmanager.data.port", std::to_string(data)},
                                       {"taskmanager.host", relayed_host(number)},
                                       {"taskmanager.numberOfTaskSlots", std::to_string(slots)}});
    made.command.push_back("--master=" + relayed_host(master_number) + ':' +
                           std::to_string(at(master_number).ports[1]));
    relay_.carry(number, {relayed_host(number), data}, {loopback, data});
    start(number);
  }
  for (unsigned number : started)
    at(number).programs.back().wait_for_line(ready_line(number));
}

void node_group::start(unsigned number) {
  node& of = at(number);
  std::string name = node_title(number);
  if (number != master_number)
    name[name.find(' ')] = '-';
  std::filesystem::create_directories(where_.folder / "tmp" / name);
  std::string path = where_.folder / name;
  if (!of.programs.empty())
    path += '.' + std::to_string(of.programs.size() + 1);
  of.outputs.push_back({path + ".out", path + ".log"});
  of.is_paused = false;
  std::map<std::string, std::string> environment{{"TMPDIR", where_.folder / "tmp" / name}};
  if (!preloaded_disk_.empty())
    environment.insert({{"LD_PRELOAD", preloaded_disk_}, {"WEIR_SCENARIO_DISK", disk_control(number)}});
  // A node that dials at once is known by then.
  std::lock_guard lock{process_ids_mutex_};
  of.programs.emplace_back(of.command, environment, of.outputs.back());
  process_ids_[of.programs.back().id()] = number;
}

std::optional<unsigned> node_group::node_with_connection(std::uint16_t from, std::uint16_t to) {
  auto socket = socket_number(from, to);
  std::lock_guard lock{process_ids_mutex_};
  for (const auto& [process, number] : process_ids_)
    if (socket && has_socket(process, *socket))
      return number;
  return std::nullopt;
}

void node_group::allow_disk_faults() {
  for (const char* path : {"disk_faults.so", PRELOADED_DISK_INSTALLED})
    if (std::filesystem::exists(where_.programs / path))
      preloaded_disk_ = where_.programs / path;
  if (preloaded_disk_.empty())
    throw std::runtime_error{"the library that lets disks fail is neither beside the programs nor at " +
                             (where_.programs / PRELOADED_DISK_INSTALLED).string()};
}

std::string node_group::disk_control(unsigned number) const {
  return where_.folder / ("disk-of-node-" + std::to_string(number));
}

void node_group::set_disk(unsigned number, const disk_state& state) {
  at(number);
  std::string path = disk_control(number), written = path + ".new";
  std::filesystem::remove(path + ".held");
  std::ofstream{written} << control_of(state);
  std::filesystem::rename(written, path); // a node reads all of it or nothing
}

bool node_group::disk_holds(unsigned number) const {
  return std::filesystem::exists(disk_control(number) + ".held");
}

void node_group::set_link(unsigned from, unsigned to, link_state state) {
  at(from);
  at(to);
  relay_.set_link(from, to, state);
}

node_group::node& node_group::at(unsigned number) {
  auto found = nodes_.find(number);
  if (found == nodes_.end())
    throw std::runtime_error{"there is no " + node_title(number) + "; " + std::to_string(workers_) +
                             " workers were started"};
  return found->second;
}

testing::process& node_group::running(unsigned number) {
  testing::process& program = at(number).programs.back();
  if (!program.running())
    throw std::runtime_error{node_title(number) + " does not run: it " + how_it_ended(program.wait())};
  return program;
}

void node_group::kill(unsigned number) {
  testing::process& program = running(number);
  program.signal(SIGKILL);
  program.wait();
}

void node_group::stop(unsigned number) {
  testing::process& program = running(number);
  if (std::exchange(at(number).is_paused, false))
    program.signal(SIGCONT);
  program.signal(SIGTERM);
  // wait() would put the whole log into the message.
  if (!testing::comes_true([&] { return !program.running(); }))
    throw std::runtime_error{node_title(number) + " runs on after SIGTERM"};
  if (auto end = program.wait(); end != testing::exit_state{})
    throw std::runtime_error{node_title(number) + ' ' + how_it_ended(end) + " on SIGTERM"};
}

void node_group::pause(unsigned number) {
  running(number).signal(SIGSTOP);
  at(number).is_paused = true;
}

void node_group::resume(unsigned number) {
  running(number).signal(SIGCONT);
  at(number).is_paused = false;
}

void node_group::restart(unsigned number) {
  if (at(number).programs.back().running())
    kill(number);
  start(number);
  if (number == master_number)
    at(number).programs.back().wait_for_line(ready_line(number));
}

std::string node_group::stop_all() {
  relay_.heal_all();
  std::string wrong;
  auto note = [&](const std::string& what) { wrong += (wrong.empty() ? "" : "; ") + what; };
  for (auto each = nodes_.rbegin(); each != nodes_.rend(); ++each) { // the master is the last
    if (each->second.programs.empty() || !each->second.programs.back().running())
      continue;
    try {
      stop(each->first);
    } catch (const std::exception& failure) {
      note(failure.what());
    }
  }
  if (!testing::comes_true([] { return living_children().empty(); }, 5s))
    for (const std::string& left : living_children())
      note("process " + left + "is left");
  if (std::string used = ports_in_use(); !used.empty())
    note("ports in use: " + used);
  return wrong;
}

std::string node_group::ports_in_use() const {
  std::string used;
  for (const auto& [number, of] : nodes_)
    for (std::uint16_t port : of.ports)
      if (!is_free(loopback, port))
        used += ' ' + std::to_string(port);
  return used;
}

std::string node_group::log_of(unsigned number) const {
  std::string all;
  if (auto found = nodes_.find(number); found != nodes_.end())
    for (const testing::output_files& each : found->second.outputs)
      all += testing::read_file(each.output) + testing::read_file(each.errors);
  return all;
}

std::uint64_t node_group::peak_memory_of(unsigned number) const {
  auto found = nodes_.find(number);
  if (found == nodes_.end() || found->second.programs.empty())
    return 0;
  auto status = testing::read_file("/proc/" + std::to_string(found->second.programs.back().id()) + "/status");
  constexpr std::string_view peak = "VmHWM:";
  auto at = status.find(peak);
  constexpr std::uint64_t kibibytes = 1024; // in a MiB
  return at == std::string::npos ? 0 : std::stoull(status.substr(at + peak.size())) / kibibytes;
}

std::string node_group::rest_address() const {
  auto found = nodes_.find(master_number);
  if (found == nodes_.end())
    throw std::runtime_error{"there is no master; 'start master' comes first"};
  return loopback + ':' + std::to_string(found->second.ports[0]);
}

result<nlohmann::json> node_group::ask(const std::string& method, const std::string& path) {
  // A master that stands still must not hold up the deadline of a condition.
  auto master = tools::rest_client::at(rest_address(), 2s);
  if (!master)
    return master.failure();
  auto answer = method == "PATCH" ? master->patch(path) : master->get(path);
  return answer ? result<nlohmann::json>{std::move(answer->parsed)} : answer.failure();
}

result<std::string> node_group::run(const job_request& what) {
  return submit({.weir = where_.programs / "weir",
                 .master = rest_address(),
                 .library = job_library(what.library, where_.programs, where_.script),
                 .options = what.options,
                 .arguments = what.arguments});
}

void node_group::pass_a_moment() {
  ::poll(nullptr, 0, 5);
}

} // namespace weir::scenario
