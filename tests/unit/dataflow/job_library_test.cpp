#include "dataflow/job_library.hpp"

#include "base/platform.hpp"

#include <doctest/doctest.h>

#include <elf.h>

#include <cstring>

using namespace weir;

namespace {

struct loader {
  std::unique_ptr<platform> system = make_system_platform();

  static std::string path(const std::string& name) { return JOB_LIBRARIES "/" + name + ".so"; }

  std::string bytes(const std::string& name) {
    auto read = system->files().read_all(path(name), job_library_bytes_max);
    REQUIRE(read);
    return *read;
  }

  std::shared_ptr<const job_library> load(const std::string& name) {
    auto library = job_library::load(*system, path(name));
    REQUIRE_MESSAGE(library, (library ? "" : library.failure().message()));
    return *library;
  }

  /// Why a library is refused; its path is in the message.
  std::string refusal(const std::string& name) {
    auto library = job_library::load(*system, path(name));
    REQUIRE_FALSE(library);
    std::string front = "cannot load the job library " + path(name) + ": ";
    REQUIRE_MESSAGE(library.failure().message().starts_with(front), library.failure().message());
    return library.failure().message().substr(front.size());
  }
};

job_spec call(std::string function, std::vector<std::string> arguments = {}) {
  job_spec spec;
  spec.function = std::move(function);
  spec.arguments = std::move(arguments);
  return spec;
}

const std::vector<std::string> names_of_three{
    "counted", "thrown", "third_job_with_a_name_that_is_longer_than_the_alignment_of_arrays"};

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::ranges::sort(names);
  return names;
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(loader, "the jobs of a library are known without loading it") {
  auto info = inspect_job_library(bytes("three_jobs"));
  REQUIRE_MESSAGE(info, (info ? "" : info.failure().message()));
  CHECK(sorted(info->jobs) == sorted(names_of_three));
  CHECK(info->abi == WEIR_ABI);
}

TEST_CASE_FIXTURE(loader, "a loaded library has the jobs of all its source files") {
  CHECK(sorted(load("three_jobs")->names()) == sorted(names_of_three));
}

TEST_CASE_FIXTURE(loader, "a job function gets the arguments, and its graph comes back") {
  auto graph = load("three_jobs")->build(call("counted", {"--nodes=3", "--what", "sheep"}));
  REQUIRE_MESSAGE(graph, (graph ? "" : graph.failure().message()));
  CHECK((*graph)->nodes.size() == 3);
  CHECK((*graph)->job_name == "counts sheep");
}

TEST_CASE_FIXTURE(loader, "a graph has the name of its job function unless that gives another") {
  auto graph = load("three_jobs")->build(call(names_of_three[2]));
  REQUIRE(graph);
  CHECK((*graph)->job_name == names_of_three[2]);
}

TEST_CASE_FIXTURE(loader, "a graph can be used after the library was let go") {
  auto graph = load("three_jobs")->build(call("counted", {"--nodes=1"}));
  REQUIRE(graph);
  CHECK((*graph)->nodes[0].make() != nullptr);
}

TEST_CASE_FIXTURE(loader, "each call of a job function makes a new graph") {
  auto library = load("three_jobs");
  auto one = library->build(call("counted", {"--nodes=1"}));
  auto two = library->build(call("counted", {"--nodes=2"}));
  CHECK((*one)->nodes.size() == 1);
  CHECK((*two)->nodes.size() == 2);
}

TEST_CASE_FIXTURE(loader, "the job need not be named when there is only one") {
  auto graph = load("version_1")->build(call(""));
  REQUIRE(graph);
  CHECK((*graph)->job_name == "version 1");
}

TEST_CASE_FIXTURE(loader, "two versions of a library in one process keep apart what has the same name") {
  auto one = load("version_1");
  auto two = load("version_2");
  CHECK((*two->build(call("versioned")))->job_name == "version 2");
  CHECK((*one->build(call("versioned")))->job_name == "version 1");
}

TEST_CASE_FIXTURE(loader, "a job that is not there is an error that lists those that are") {
  auto graph = load("three_jobs")->build(call("fourth"));
  REQUIRE_FALSE(graph);
  CHECK(graph.failure().code() == errc::not_found);
  CHECK(has(graph.failure().message(), "no job fourth"));
  for (const std::string& name : names_of_three)
    CHECK(has(graph.failure().message(), name.c_str()));

  graph = load("three_jobs")->build(call(""));
  REQUIRE_FALSE(graph);
  CHECK(graph.failure().code() == errc::invalid_argument);
  CHECK(has(graph.failure().message(), "several jobs"));
  CHECK(has(graph.failure().message(), "counted"));
}

TEST_CASE_FIXTURE(loader, "wrong arguments are errors in the words of the arguments") {
  auto library = load("three_jobs");
  auto missing = library->build(call("counted"));
  CHECK(missing.failure().code() == errc::invalid_argument);
  CHECK(missing.failure().message() == "the job needs the argument --nodes=VALUE");
  auto unknown = library->build(call("counted", {"--nodes=1", "--colour=red"}));
  CHECK(unknown.failure().message() == "the job has no argument --colour; it knows --what, --nodes");
  auto malformed = library->build(call("counted", {"--nodes=many"}));
  CHECK(malformed.failure().message() == "--nodes=many is not an integer");
}

TEST_CASE_FIXTURE(loader, "whatever a job function throws is an error that names the job") {
  auto library = load("three_jobs");
  auto thrown = library->build(call("thrown", {"--with=error"}));
  CHECK(thrown.failure().code() == errc::failed);
  CHECK(thrown.failure().message() == "the job function thrown failed: the moon is full");

  thrown = library->build(call("thrown", {"--with=int"}));
  CHECK(thrown.failure().code() == errc::failed);
  CHECK(thrown.failure().message() ==
        "the job function thrown failed: it threw something that is not a std::exception");

  thrown = library->build(call("thrown", {"--with=parallelism"}));
  CHECK(thrown.failure().code() == errc::invalid_argument);
  CHECK(has(thrown.failure().message(), "the job function thrown failed: "));
}

TEST_CASE_FIXTURE(loader, "a library of another ABI is refused with both ABIs and what to do") {
  std::string reason = refusal("foreign_abi");
  CHECK(has(reason, "\"weir-abi 0; g++ 4\""));
  CHECK(has(reason, "\"" WEIR_ABI "\""));
  CHECK(has(reason, "weir compile"));
}

TEST_CASE_FIXTURE(loader, "what is no job library is refused with what it is") {
  CHECK(has(refusal("no_job_library"), "not a job library"));
  CHECK(has(refusal("no_jobs"), "there is no job in it"));
  CHECK(has(refusal("same_name_twice"), "two jobs named third_job"));
  CHECK(has(refusal("visible"), "-fvisibility=hidden"));
  CHECK(has(refusal("none"), "No such file"));
}

TEST_CASE_FIXTURE(loader, "a library that the system cannot load is refused with what the system says") {
  CHECK(has(refusal("missing_symbol"), "nobody_defines_this"));
}

TEST_CASE("bytes that are no shared library are refused") {
  auto reason = [](std::string_view bytes) { return inspect_job_library(bytes).failure().message(); };
  CHECK(has(reason(""), "no shared library"));
  CHECK(has(reason("#!/bin/sh\n"), "no shared library"));
  CHECK(has(reason("\177ELF"), "truncated"));
}

TEST_CASE_FIXTURE(loader, "a library for another machine, or of another type, is refused") {
  std::string library = bytes("version_1");
  auto with = [&](auto change) {
    Elf64_Ehdr header;
    std::memcpy(&header, library.data(), sizeof header);
    change(header);
    std::string changed = library;
    std::memcpy(changed.data(), &header, sizeof header);
    return inspect_job_library(changed).failure().message();
  };
  CHECK(has(with([](auto& header) { header.e_machine = EM_S390; }), "another kind of machine"));
  CHECK(has(with([](auto& header) { header.e_ident[EI_CLASS] = ELFCLASS32; }), "another kind of machine"));
  CHECK(has(with([](auto& header) { header.e_type = ET_EXEC; }), "another type"));
  CHECK(has(with([](auto& header) { header.e_shoff = 0; }), "without a table of sections"));
  CHECK(has(with([](auto& header) { header.e_shoff = ~0ull - 64; }), "truncated"));
}

TEST_CASE_FIXTURE(loader, "a library cut off anywhere is refused") {
  std::string library = bytes("version_1");
  for (std::size_t size = 0; size < library.size(); size += size < 5000 ? 1 : 997) {
    CAPTURE(size);
    CHECK_FALSE(inspect_job_library(std::span{library}.first(size)));
  }
  CHECK_FALSE(inspect_job_library(std::span{library}.first(library.size() - 1)));
}
