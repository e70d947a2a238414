#include "example_job.hpp"
#include "rest_fixture.hpp"
#include "temporary_folder.hpp"

#include "base/hash.hpp"
#include "rest/jar_service.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <functional>
#include <memory>

using namespace weir;
using namespace weir::testing;

namespace {

const std::string library = "ELF library";

/// Runs everything at once.
class inline_executor final : public executor {
public:
  void run(std::function<void()> job) override { job(); }
};

/// Answers with the example's graph and remembers what it was asked.
class memory_planner final : public job_planner {
public:
  plan_request asked;
  std::optional<error> failure;

  result<job_submission> plan(const plan_request& request, const std::stop_token&) override {
    asked = request;
    if (failure)
      return *failure;
    job_submission made;
    made.graph = std::make_shared<const job_graph>(example_graph());
    made.spec = example_job().spec;
    made.spec.library_hash = sha256_hex(library);
    return made;
  }
};

result<job_library_info> inspect_bytes(std::span<const char> bytes) {
  if (std::string_view{bytes.data(), bytes.size()}.starts_with("ELF"))
    return job_library_info{"weir-abi 1", {"word_count", "top_words"}};
  return error{errc::invalid_argument, "it is no ELF file"};
}

struct jars_base {
  temporary_folder folder;
  std::unique_ptr<platform> system = make_system_platform();
  jar_store store{*system, folder / "jars", inspect_bytes};
  memory_planner planner;
  inline_executor now;
  jar_service service{store, planner, system->files(), now,
                      [](const std::function<void()>& work) { work(); }};
};

struct jar_fixture : jars_base, rest_fixture {
  jar_fixture() : rest_fixture{&service} {}

  answer upload(const std::string& file_name, const std::string& bytes) {
    return send("POST", "/jars/upload",
                "--B\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"" + file_name +
                    "\"\r\n\r\n" + bytes + "\r\n--B--\r\n",
                "multipart/form-data; boundary=B");
  }

  std::string uploaded() {
    answer got = upload("word_count.so", library);
    return std::filesystem::path{got.body["filename"].get<std::string>()}.filename();
  }
};

} // namespace

TEST_CASE_FIXTURE(jar_fixture, "an uploaded library is listed with its jobs until it is deleted") {
  answer got = upload("word_count.so", library);
  CHECK(got.status == 200);
  expect_fields(got.body, "filename:text status:text");
  CHECK(got.body["status"] == "success");
  CHECK(read_file(got.body["filename"].get<std::string>()) == library);

  answer listed = get("/jars");
  expect_fields(listed.body, "address:text files:list");
  CHECK(listed.body["address"] == "http://master:8081");
  REQUIRE(listed.body["files"].size() == 1);
  const auto& file = listed.body["files"][0];
  expect_fields(file, "id:text name:text uploaded:int entry:list size:int sha256:text abi:text");
  CHECK(file["name"] == "word_count.so");
  CHECK(got.body["filename"].get<std::string>().ends_with("/" + file["id"].get<std::string>()));
  CHECK(file["entry"][0] == nlohmann::json{{"name", "word_count"}, {"description", nullptr}});
  CHECK(file["sha256"] == sha256_hex(library));

  answer removed = send("DELETE", "/jars/" + file["id"].get<std::string>());
  CHECK(removed.status == 200);
  CHECK(removed.body == nlohmann::json::object());
  CHECK(get("/jars").body["files"].empty());
  CHECK(std::filesystem::is_empty(folder / "jars"));
}

TEST_CASE_FIXTURE(jar_fixture, "what is no job library is refused at the upload and leaves nothing behind") {
  CHECK(upload("word_count.jar", "ELF").error_text() == "Only shared libraries (.so) are allowed.");
  CHECK(upload("word_count.so", "MZ").error_text() == "word_count.so is refused: it is no ELF file");
  CHECK(send("POST", "/jars/upload", "{}").status == 400);
  CHECK(send("POST", "/jars/upload", "--B\r\n\r\n\r\nx\r\n--B--", "multipart/form-data; boundary=B")
            .error_text() == "Exactly 1 file must be sent, received 0.");
  CHECK(get("/jars").body["files"].empty());
}

TEST_CASE_FIXTURE(jar_fixture, "a file name cannot lead out of the folder") {
  for (const char* name : {"../../x.so", "/etc/x.so", "a\\\\..\\\\x.so", "..so", "x y;.so"}) {
    answer got = upload(name, library);
    REQUIRE(got.status == 200);
    CHECK(std::filesystem::path{got.body["filename"].get<std::string>()}.parent_path() ==
          std::filesystem::path{folder / "jars"});
  }
  CHECK(send("DELETE", "/jars/..%2F..%2Fx").status == 404);
}

TEST_CASE_FIXTURE(jar_fixture, "a jar's plan is built from the body, or else from the query") {
  std::string id = uploaded();
  answer got = send("POST", "/jars/" + id + "/plan?parallelism=7&program-args=--x",
                    R"({"entryClass":"word_count","programArgs":"--input='a b' --n=1","parallelism":3})");
  CHECK(got.status == 200);
  CHECK(got.body["plan"]["nodes"].size() == 2);
  CHECK(planner.asked.function == "word_count");
  CHECK(planner.asked.arguments == std::vector<std::string>{"--input=a b", "--n=1"});
  CHECK(planner.asked.parallelism == 3);
  CHECK(planner.asked.library == (folder / "jars") + "/" + id);
  CHECK(planner.asked.library_name == "word_count.so");

  CHECK(get("/jars/" + id + "/plan?entry-class=top_words&programArg=--a,--b&parallelism=2").status == 200);
  CHECK(planner.asked.function == "top_words");
  CHECK(planner.asked.arguments == std::vector<std::string>{"--a", "--b"});
  CHECK(planner.asked.parallelism == 2);
}

TEST_CASE_FIXTURE(jar_fixture, "a plan that cannot be built is 400 with the reason") {
  std::string id = uploaded();
  planner.failure = error{errc::invalid_argument, "unknown argument --inptu"};
  answer got = send("POST", "/jars/" + id + "/plan");
  CHECK(got.status == 400);
  CHECK(got.error_text() == "unknown argument --inptu");
  CHECK(get("/jars/nothing/plan").status == 404);
}

TEST_CASE_FIXTURE(jar_fixture, "running a jar stores its library and submits its job") {
  std::string id = uploaded();
  answer got = send("POST", "/jars/" + id + "/run",
                    R"({"programArgsList":["--input=x"],"parallelism":2,"entry-class":null})");
  CHECK(got.status == 200);
  CHECK(got.body == nlohmann::json{{"jobid", "00000000000000070000000000000007"}});
  CHECK(cluster.libraries[sha256_hex(library)] == library);
  REQUIRE(cluster.submitted.size() == 1);
  CHECK(to_string(cluster.submitted[0].id) == "00000000000000070000000000000007");
  CHECK(planner.asked.arguments == std::vector<std::string>{"--input=x"});
}

TEST_CASE_FIXTURE(jar_fixture, "a client may choose the id of the job and its configuration") {
  std::string id = uploaded();
  std::string body = std::string{R"({"jobId":")"} + example_id_text +
                     R"(","flinkConfiguration":{"pipeline.operator-chaining.enabled":"false"}})";
  CHECK(send("POST", "/jars/" + id + "/run", body).body["jobid"] == example_id_text);
  CHECK(planner.asked.configuration.at("pipeline.operator-chaining.enabled") == "false");
}

TEST_CASE_FIXTURE(jar_fixture, "a wrong value is refused with its name before anything runs") {
  std::string path = "/jars/" + uploaded() + "/run";
  for (const char* body : {R"({"parallelism":0})", R"({"parallelism":32769})", R"({"parallelism":"many"})",
                           R"({"parallelism":-1})", R"({"programArgs":"'x"})", R"({"programArgsList":"x"})",
                           R"({"programArgsList":[1]})", R"({"jobId":"x"})", R"({"flinkConfiguration":[]})",
                           R"({"savepointPath":"/s"})", R"([])", R"({)"})
    CHECK_MESSAGE(send("POST", path, body).status == 400, body);
  CHECK(cluster.submitted.empty());
}

TEST_CASE("without web.submit.enable there are no /jars paths") {
  rest_fixture without;
  CHECK(without.get("/jars").status == 404);
  CHECK(without.send("POST", "/jars/upload").status == 404);
}
