#include "base/configuration.hpp"

#include "base/options.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace weir;
using namespace std::chrono_literals;

namespace {

configuration parsed(std::string_view yaml, std::vector<std::string> overrides = {}) {
  auto values = configuration::parse(yaml, "conf.yaml", overrides);
  REQUIRE_MESSAGE(values, (values ? "" : values.failure().message()));
  return *values;
}

std::string refusal(std::string_view yaml, std::vector<std::string> overrides = {}) {
  auto values = configuration::parse(yaml, "conf.yaml", overrides);
  REQUIRE_FALSE(values);
  CHECK(values.failure().code() == errc::invalid_argument);
  return values.failure().message();
}

/// All of these stand in `text`.
void check_says(const std::string& text, std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    CAPTURE(std::string{part});
    CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  }
}

} // namespace

TEST_CASE("without a file every option has its default") {
  configuration values = parsed("");
  CHECK(values.get(options::rest_port) == 8081);
  CHECK(values.get(options::heartbeat_timeout) == 10s);
  CHECK(values.get(options::taskmanager_network_memory).bytes == 64ull << 20);
  CHECK(values.get(options::pipeline_operator_chaining));
  CHECK(values.warnings().empty());
  CHECK(values.values().empty());
}

TEST_CASE("flat and nested keys mean the same, and may be mixed") {
  configuration values = parsed(R"(
rest.port: 1234
heartbeat:
  interval: 200 ms
  timeout: "2 s"
taskmanager:
  memory.network:
    size: 1 gb
pipeline.operator-chaining:
  enabled: FALSE
)");
  CHECK(values.get(options::rest_port) == 1234);
  CHECK(values.get(options::heartbeat_interval) == 200ms);
  CHECK(values.get(options::heartbeat_timeout) == 2s);
  CHECK(values.get(options::taskmanager_network_memory).bytes == 1ull << 30);
  CHECK_FALSE(values.get(options::pipeline_operator_chaining));
}

TEST_CASE("an override wins over the file, and a later one over an earlier one") {
  configuration values = parsed("rest.port: 1\n", {"rest.port=2", "log.level=debug", "rest.port=3"});
  CHECK(values.get(options::rest_port) == 3);
  CHECK(values.get(options::log_level) == "debug");
}

TEST_CASE("the value of an override may contain an equals sign and may be empty") {
  configuration values = parsed("", {"blob.storage.directory=/a=b"});
  CHECK(values.get(options::blob_storage_directory) == "/a=b");
  CHECK(parsed("blob.storage.directory: /x\n", {"blob.storage.directory="})
            .get(options::blob_storage_directory) == "");
}

TEST_CASE("a value of the wrong form is an error that names key, value, place and expected form") {
  check_says(refusal("rest.port: many\n"),
             {"rest.port", "\"many\"", "conf.yaml line 1", "a whole number from 0 to 65535"});
  check_says(refusal("\nrest:\n  port: 65536\n"),
             {"rest.port", "\"65536\"", "conf.yaml line 3", "from 0 to 65535"});
  check_says(refusal("", {"heartbeat.timeout=soon"}),
             {"heartbeat.timeout", "\"soon\"", "-D", "a time such as"});
  check_says(refusal("log.level: loud\n"),
             {"log.level", "\"loud\"", "one of trace, debug, info, warn, error, off"});
  check_says(refusal("rest.port: [1, 2]\n"), {"rest.port", "a list", "a whole number"});
  check_says(refusal("rest.port:\n"), {"rest.port", "nothing", "a whole number"});
}

TEST_CASE("an unknown key is a warning that names the nearest known key") {
  configuration values = parsed("rest.prot: 1\ntaskmanager.numberOfTaskSlot: 4\n", {"hartbeat.timeout=1 s"});
  REQUIRE(values.warnings().size() == 3);
  check_says(values.warnings()[0], {"rest.prot", "conf.yaml line 1", "rest.port"});
  check_says(values.warnings()[1], {"taskmanager.numberOfTaskSlot ", "taskmanager.numberOfTaskSlots"});
  check_says(values.warnings()[2], {"hartbeat.timeout", "heartbeat.timeout"});
  CHECK(values.get(options::rest_port) == 8081);
}

TEST_CASE("an unknown key may have a list or nothing as its value") {
  configuration values = parsed("env.java.opts: [a, b]\nsome.thing:\n");
  CHECK(values.warnings().size() == 2);
}

TEST_CASE("a key given twice is an error, also when once flat and once nested") {
  check_says(refusal("rest.port: 1\nrest.port: 2\n"), {"rest.port", "twice", "line 2"});
  check_says(refusal("rest.port: 1\nrest:\n  port: 2\n"), {"rest.port", "twice", "line 3"});
}

TEST_CASE("what is not YAML, or no keys with values, is an error with the file's name") {
  check_says(refusal("a: [1\n"), {"conf.yaml", "not YAML", "line"});
  check_says(refusal("just text\n"), {"conf.yaml", "key: value"});
  check_says(refusal("- a\n- b\n"), {"conf.yaml", "key: value"});
  check_says(refusal("? [1, 2]\n: 3\n"), {"conf.yaml line 1", "key"});
  check_says(refusal("a: &loop\n  b: *loop\n"), {"conf.yaml", "nested too deeply"});
  check_says(refusal(std::string(100'000, '[')), {"conf.yaml", "not YAML"});
}

TEST_CASE("an override without a key or without an equals sign is an error that shows the form") {
  check_says(refusal("", {"rest.port"}), {"rest.port", "-D key=value"});
  check_says(refusal("", {"=1"}), {"-D key=value"});
}

TEST_CASE("values that contradict each other are refused") {
  check_says(refusal("", {"heartbeat.interval=10 s"}),
             {"heartbeat.timeout (10 s)", "heartbeat.interval (10 s)"});
  check_says(refusal("", {"transport.max-frame-size=64 kb"}),
             {"transport.max-frame-size (64 kb)", "collect.max-size"});
  CHECK(parsed("", {"heartbeat.interval=10 s", "heartbeat.timeout=20 s"}).get(options::heartbeat_interval) ==
        10s);
}

TEST_CASE("a configuration is read from a file, whose absence is an error with its path") {
  weir::testing::temporary_folder folder;
  auto system = make_system_platform();
  std::string path = folder.write("weir.yaml", "rest.port: 99\n");
  auto values = configuration::load(system->files(), path);
  REQUIRE(values);
  CHECK(values->get(options::rest_port) == 99);

  auto missing = configuration::load(system->files(), folder / "none.yaml");
  REQUIRE_FALSE(missing);
  CHECK(missing.failure().code() == errc::not_found);
  check_says(missing.failure().message(), {"none.yaml", "No such file"});

  CHECK(configuration::load(system->files(), "").has_value());
}

TEST_CASE("a value that is set in the program reads back") {
  configuration values;
  values.set(options::heartbeat_interval, 123ms);
  values.set(options::blob_storage_directory, "/tmp/x y");
  values.set(options::collect_max_size, memory_size{12345});
  CHECK(values.get(options::heartbeat_interval) == 123ms);
  CHECK(values.get(options::blob_storage_directory) == "/tmp/x y");
  CHECK(values.get(options::collect_max_size).bytes == 12345);
}

TEST_CASE("the defaults are within their own limits and agree with each other") {
  for (const any_option& any : all_options()) {
    std::visit(
        [](auto* of) {
          CAPTURE(std::string{of->key});
          CHECK(read_value(*of, to_text(of->default_value)) == of->default_value);
          CHECK(std::string{of->help}.ends_with('.'));
        },
        any);
  }
  CHECK(check_together(configuration{}));
}

TEST_CASE("every option that is declared is known when a file is read") {
  auto system = make_system_platform();
  auto header = system->files().read_all(OPTIONS_HEADER, 1 << 20);
  REQUIRE(header);
  std::size_t declared = 0;
  for (std::size_t at = header->find("inline const option<"); at != std::string::npos;
       at = header->find("inline const option<", at + 1))
    ++declared;
  CHECK(declared == all_options().size());
  std::set<std::string> keys;
  for (const any_option& any : all_options())
    keys.insert(std::visit([](auto* of) { return std::string{of->key}; }, any));
  CHECK(keys.size() == declared);
}
