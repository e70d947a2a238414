#include "wire/job_record_codec.hpp"

#include "random_messages.hpp"
#include "wire/graph_codec.hpp"

#include <doctest/doctest.h>

using namespace weir;

namespace {

void check_equal(const subtask_status& a, const subtask_status& b) {
  CHECK(a.attempt == b.attempt);
  CHECK(a.state == b.state);
  CHECK(a.worker == b.worker);
  CHECK(a.host == b.host);
  CHECK(a.entered_wall_ms == b.entered_wall_ms);
  CHECK(a.metrics == b.metrics);
  CHECK(a.measurements == b.measurements);
}

void check_equal(const failure_record& a, const failure_record& b) {
  CHECK(a.cause == b.cause);
  CHECK(a.task == b.task);
  CHECK(a.worker == b.worker);
  CHECK(a.wall_ms == b.wall_ms);
}

template <class T>
void check_equal(const std::vector<T>& a, const std::vector<T>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    check_equal(a[i], b[i]);
}

void check_equal(const job_details& a, const job_details& b) {
  CHECK(a.summary.id == b.summary.id);
  CHECK(a.summary.name == b.summary.name);
  CHECK(a.summary.state == b.summary.state);
  CHECK(a.summary.start_wall_ms == b.summary.start_wall_ms);
  CHECK(a.summary.end_wall_ms == b.summary.end_wall_ms);
  CHECK(a.summary.last_modified_wall_ms == b.summary.last_modified_wall_ms);
  CHECK(a.summary.tasks == b.summary.tasks);
  CHECK(a.spec == b.spec);
  CHECK(*a.graph == *b.graph);
  CHECK(a.entered_wall_ms == b.entered_wall_ms);
  check_equal(a.vertices, b.vertices);
  check_equal(a.failures, b.failures);
  CHECK(a.results == b.results);
  CHECK(a.results_dropped == b.results_dropped);
}

void check_equal(const job_record& a, const job_record& b) {
  CHECK(a.id == b.id);
  CHECK(a.spec == b.spec);
  CHECK(*a.graph == *b.graph);
  CHECK(a.state == b.state);
  REQUIRE(static_cast<bool>(a.end) == static_cast<bool>(b.end));
  if (a.end)
    check_equal(*a.end, *b.end);
  CHECK(a.checkpoints == b.checkpoints);
}

job_record small_record() {
  job_record record;
  record.id.low = 3;
  record.spec.name = "words";
  job_graph graph;
  graph.vertices.resize(1);
  graph.vertices[0].operators.resize(1);
  record.graph = std::make_shared<const job_graph>(graph);
  return record;
}

std::string refusal(const job_record& record) {
  auto decoded = decode_job_record(encode_job_record(record), "jobs/3");
  REQUIRE_FALSE(decoded);
  CHECK(decoded.failure().code() == errc::corrupt);
  return decoded.failure().message();
}

} // namespace

TEST_CASE("a job record comes back equal") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    job_record record = random_messages{seed}.record();
    auto decoded = decode_job_record(encode_job_record(record), "f");
    REQUIRE_MESSAGE(decoded, (decoded ? "" : decoded.failure().message()));
    check_equal(*decoded, record);
  }
}

TEST_CASE("each flipped bit of a job record is found") {
  auto good = encode_job_record(small_record());
  REQUIRE(decode_job_record(good, "f"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    auto decoded = decode_job_record(bad, "jobs/3");
    CAPTURE(bit);
    REQUIRE_FALSE(decoded);
    CHECK(decoded.failure().message().starts_with("the job record jobs/3 is damaged at byte "));
  }
}

TEST_CASE("a job record that cannot be is refused with what is wrong with it") {
  job_record record = small_record();
  std::string expected;
  SUBCASE("no id") {
    record.id = {};
    expected = "it has no id";
  }
  SUBCASE("ended without an end") {
    record.state = record_state::ended;
    expected = "its state and its end contradict each other";
  }
  SUBCASE("an end of a job that has not ended") {
    record.end = std::make_shared<const job_details>();
    expected = "its state and its end contradict each other";
  }
  SUBCASE("checkpoints to remove of a job that has not ended") {
    record.checkpoints = {"/checkpoints", false};
    expected = "it has not ended, and its checkpoints have";
  }
  SUBCASE("a state that does not exist") {
    record.state = static_cast<record_state>(3);
    expected = "there is no state of a job record 3";
  }
  SUBCASE("a graph that cannot be scheduled") {
    job_graph graph = *record.graph;
    graph.vertices[0].parallelism = 0;
    record.graph = std::make_shared<const job_graph>(graph);
    auto of_graph = decode_job_graph(encode(graph));
    REQUIRE_FALSE(of_graph);
    expected = of_graph.failure().message().substr(std::string{"the bytes are no job graph: "}.size());
  }
  CHECK(refusal(record) ==
        "the job record jobs/3 is damaged at byte 16: the bytes are no job record: " + expected);
}
