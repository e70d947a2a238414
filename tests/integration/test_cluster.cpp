#include "test_cluster.hpp"

#include <httplib.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace weir::testing {

namespace {

const std::map<std::string, std::string> quick_settings{
    {"rest.port", "0"},
    {"jobmanager.rpc.port", "0"},
    {"taskmanager.data.port", "0"},
    {"heartbeat.interval", "200 ms"},
    {"heartbeat.timeout", "4 s"}, // long enough for a sanitizer on a loaded machine
};

httplib::Client client(const std::string& address) {
  httplib::Client made{"http://" + address};
  made.set_read_timeout(std::chrono::seconds{30});
  return made;
}

} // namespace

std::string built_file(std::string_view path) {
  return BUILD_FOLDER "/" + std::string{path};
}

std::string built_program(std::string_view name) {
  return built_file("tools/" + std::string{name});
}

std::string built_example(std::string_view name) {
  return built_file("examples/" + std::string{name} + ".so");
}

std::string built_test_job(std::string_view name) {
  return built_file("tests/integration/" + std::string{name} + ".so");
}

outcome weir(std::vector<std::string> arguments, duration limit) {
  arguments.insert(arguments.begin(), built_program("weir"));
  return run(std::move(arguments), limit);
}

std::string field(const std::string& line, const std::string& name) {
  std::size_t begin = line.find(" " + name + "=");
  if (begin == std::string::npos)
    throw std::runtime_error{"no field " + name + " in '" + line + "'"};
  begin += name.size() + 2;
  return line.substr(begin, line.find(' ', begin) - begin);
}

std::string submitted_job(const std::string& output) {
  constexpr std::string_view said = "Job has been submitted with JobID ";
  constexpr std::size_t digits = 32;
  std::size_t begin = output.find(said);
  if (begin == std::string::npos)
    throw std::runtime_error{"no job was submitted: " + output};
  return output.substr(begin + said.size(), digits);
}

test_cluster::test_cluster(cluster_options options) : options_{std::move(options)} {
  std::string ready =
      masters_.emplace_back(start_node(node_command("master"))).wait_for_line("weir-node master ready");
  rest_address_ = field(ready, "rest");
  rpc_address_ = field(ready, "rpc");
  for (unsigned i = 0; i < options_.workers; ++i)
    add_worker();
  for (process& worker : workers_)
    worker.wait_for_line("weir-node worker ready");
  wait_for_workers(options_.workers);
}

std::vector<std::string> test_cluster::node_command(const std::string& role) const {
  auto settings = options_.configuration;
  settings.insert(quick_settings.begin(), quick_settings.end());
  settings.insert({"taskmanager.numberOfTaskSlots", std::to_string(options_.slots)});
  std::vector<std::string> command{built_program("weir-node"), "--role=" + role};
  for (const auto& [key, value] : settings) {
    command.push_back("-D");
    command.push_back(key + "=" + value);
  }
  return command;
}

process& test_cluster::add_worker(const std::vector<std::string>& more_arguments) {
  auto command = node_command("worker");
  command.push_back("--master=" + rpc_address_);
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  return workers_.emplace_back(start_node(command));
}

process test_cluster::start_node(std::vector<std::string> command) const {
  return process{std::move(command), {{"TMPDIR", folder_.path().string()}}};
}

void test_cluster::restart_master() {
  master().signal(SIGKILL);
  master().wait();
  auto command = node_command("master");
  auto port_of = [](const std::string& address) { return address.substr(address.rfind(':') + 1); };
  for (const std::string& setting :
       {"rest.port=" + port_of(rest_address_), "jobmanager.rpc.port=" + port_of(rpc_address_)}) {
    command.push_back("-D");
    command.push_back(setting);
  }
  masters_.emplace_back(start_node(std::move(command))).wait_for_line("weir-node master ready");
}

process test_cluster::start_run(const std::vector<std::string>& options, const std::string& library,
                                const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{built_program("weir"), "run", "-m", rest_address_};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back(library);
  command.insert(command.end(), arguments.begin(), arguments.end());
  return process{command};
}

outcome test_cluster::run(const std::vector<std::string>& options, const std::string& library,
                          const std::vector<std::string>& arguments, duration limit) const {
  process program = start_run(options, library, arguments);
  exit_state end = program.wait(limit);
  return {end, program.output(), program.errors()};
}

std::string test_cluster::submit(const std::vector<std::string>& options, const std::string& library,
                                 const std::vector<std::string>& arguments) const {
  auto detached = options;
  detached.push_back("-d");
  outcome done = run(detached, library, arguments);
  if (!done.succeeded())
    throw std::runtime_error{"the job was not submitted: " + done.text()};
  return submitted_job(done.output);
}

http_answer test_cluster::request(const std::string& method, const std::string& path, const std::string& body,
                                  const std::string& content_type) const {
  httplib::Request wanted;
  wanted.method = method;
  wanted.path = path;
  wanted.body = body;
  if (!body.empty())
    wanted.set_header("Content-Type", content_type);
  auto answer = client(rest_address_).send(wanted);
  if (!answer)
    throw std::runtime_error{method + " " + path + ": " + httplib::to_string(answer.error())};
  return {answer->status, answer->body};
}

nlohmann::json test_cluster::get(const std::string& path) const {
  http_answer answer = request("GET", path);
  if (answer.status != 200)
    throw std::runtime_error{"GET " + path + ": status " + std::to_string(answer.status) + ": " +
                             answer.body};
  return nlohmann::json::parse(answer.body);
}

void test_cluster::wait_for_workers(std::size_t count, duration limit) const {
  wait_until(
      "the registration of exactly " + std::to_string(count) + " workers",
      [&] { return get("/taskmanagers").at("taskmanagers").size() == count; }, limit);
}

std::string test_cluster::job_state(const std::string& job) const {
  return get("/jobs/" + job).at("state");
}

std::string test_cluster::root_cause(const std::string& job) const {
  auto entries = get("/jobs/" + job + "/exceptions").at("exceptionHistory").at("entries");
  return entries.empty() ? "" : entries.front().at("stacktrace").get<std::string>();
}

void test_cluster::wait_for_job(const std::string& job, const std::string& state, duration limit) const {
  wait_until(
      "the state " + state + " of job " + job,
      [&] {
        std::string now = job_state(job);
        if (now != state && (now == "FINISHED" || now == "FAILED" || now == "CANCELED"))
          throw std::runtime_error{"the job is " + now + " and not " + state + ": " + root_cause(job)};
        return now == state;
      },
      limit);
}

void test_cluster::wait_for_running_tasks(const std::string& job, duration limit) const {
  wait_for_job(job, "RUNNING", limit);
  wait_until(
      "the state RUNNING of all subtasks of job " + job,
      [&] {
        auto details = get("/jobs/" + job);
        for (const auto& vertex : details.at("vertices"))
          if (vertex.at("tasks").at("RUNNING") != vertex.at("parallelism"))
            return false;
        return true;
      },
      limit);
}

unsigned test_cluster::slots_total() const {
  return get("/overview").at("slots-total");
}

unsigned test_cluster::slots_free() const {
  return get("/overview").at("slots-available");
}

} // namespace weir::testing
