#include "example_job.hpp"
#include "rest_fixture.hpp"

#include "base/hash.hpp"
#include "rest/submission_json.hpp"

#include <doctest/doctest.h>

#include <memory>

using namespace weir;
using namespace weir::testing;

namespace {

const std::string library = "the bytes of a library";

struct submission_fixture : rest_fixture {
  std::string library_path(const std::string& hash) const {
    return "/libraries/" + hash + "?submission=" + example_id_text;
  }

  static job_submission submission() {
    job_submission made;
    made.id = example_id;
    made.graph = std::make_shared<const job_graph>(example_graph());
    made.spec = example_job().spec;
    made.spec.library_hash = sha256_hex(library);
    made.spec.arguments = {"--input=caf\xe9"};
    made.spec.fingerprint = fingerprint(*made.graph);
    return made;
  }
};

} // namespace

TEST_CASE_FIXTURE(submission_fixture, "a library is asked for, uploaded, and then there") {
  std::string path = library_path(sha256_hex(library));
  CHECK(get(path).status == 404);
  CHECK(send("PUT", path, library).status == 200);
  CHECK(get(path).status == 200);
  CHECK(cluster.libraries[sha256_hex(library)] == library);
}

TEST_CASE_FIXTURE(submission_fixture, "a library whose bytes have another hash is refused") {
  CHECK(send("PUT", library_path(sha256_hex("other")), library).status == 400);
}

TEST_CASE_FIXTURE(submission_fixture, "a library is named by its hash and for a job") {
  CHECK(get(library_path("abc")).status == 400);
  CHECK(get(library_path("../../etc/passwd")).status == 404);
  CHECK(get("/libraries/" + sha256_hex(library)).status == 400);
}

TEST_CASE_FIXTURE(submission_fixture,
                  "a submission arrives as it was sent, also with arguments that are not UTF-8") {
  cluster.libraries[sha256_hex(library)] = library;
  answer got = send("POST", "/jobs", submission_json(submission()).dump());
  CHECK(got.status == 202);
  CHECK(got.body["jobUrl"] == std::string{"/jobs/"} + example_id_text);
  CHECK(got.body["jobid"] == example_id_text);
  REQUIRE(cluster.submitted.size() == 1);
  CHECK(cluster.submitted[0].id == example_id);
  CHECK(cluster.submitted[0].spec == submission().spec);
  CHECK(*cluster.submitted[0].graph == example_graph());
}

TEST_CASE_FIXTURE(submission_fixture, "a submission whose library is not there is 404: upload it again") {
  CHECK(send("POST", "/jobs", submission_json(submission()).dump()).status == 404);
}

TEST_CASE_FIXTURE(submission_fixture, "a submission with anything wrong is 400 and reaches nobody") {
  cluster.libraries[sha256_hex(library)] = library;
  nlohmann::json good = submission_json(submission());
  auto refuse = [&](const std::string& body) {
    answer got = send("POST", "/jobs", body);
    CHECK_MESSAGE(got.status == 400, body.substr(0, 100));
    CHECK_FALSE(got.error_text().empty());
  };
  refuse("{");
  refuse("[]");
  refuse("{}");
  for (const char* field : {"jobId", "spec", "graph"}) {
    nlohmann::json without = good;
    without.erase(field);
    refuse(without.dump());
    for (const nlohmann::json& bad :
         {nlohmann::json(7), nlohmann::json("!"), nlohmann::json("AAAA"), nlohmann::json()}) {
      nlohmann::json wrong = good;
      wrong[field] = bad;
      refuse(wrong.dump());
    }
  }
  job_submission lie = submission();
  lie.spec.fingerprint += 1;
  refuse(submission_json(lie).dump());
  CHECK(cluster.submitted.empty());
}

TEST_CASE_FIXTURE(submission_fixture,
                  "a graph whose bytes were changed never reaches the cluster as another graph") {
  cluster.libraries[sha256_hex(library)] = library;
  nlohmann::json good = submission_json(submission());
  std::string text = good["graph"].get<std::string>();
  for (std::size_t i = 0; i < text.size(); i += 3) {
    nlohmann::json changed = good;
    std::string other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    changed["graph"] = other;
    send("POST", "/jobs", changed.dump());
  }
  for (const job_submission& accepted : cluster.submitted)
    CHECK(*accepted.graph == example_graph());
}
