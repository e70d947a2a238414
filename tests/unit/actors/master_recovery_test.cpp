#include "base/log.hpp"
#include "base/options.hpp"
#include "master_fixture.hpp"
#include "wire/job_record_codec.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace weir;
using namespace weir::actors;
using namespace std::chrono_literals;

namespace {

const job_id job{{.high = 1, .low = 2}};

std::shared_ptr<const job_graph> one_task() {
  auto graph = std::make_shared<job_graph>();
  graph->name = "words";
  graph->vertices.push_back({.name = "source", .operators = {{.name = "source"}}});
  return graph;
}

/// Two masters, one after the other, with the same folders. The user's cancel was stored by the first, which
/// ended before it did more.
struct recovered_cancel {
  recovered_cancel() {
    log::set_level("off");
    settings.set(options::high_availability_storage_dir, folder.string() + "/ha");
    settings.set(options::checkpointing_dir, checkpoints.string());
    settings.set(options::checkpointing_interval, 1s);
    std::filesystem::create_directories(checkpoints);
    {
      master_at_work first{settings};
      REQUIRE(first.upload("the bytes of words.so", job)->times == 1);
      REQUIRE(*first.submit(job, "the bytes of words.so", one_task())->value);
    }
    REQUIRE(std::filesystem::exists(checkpoints / to_string(job)));
    store_cancel();
  }
  ~recovered_cancel() {
    second.reset();
    log::set_level("info");
    std::filesystem::remove_all(folder);
  }

  void store_cancel() const {
    std::string path = folder.string() + "/ha/jobs/" + to_string(job);
    std::ifstream in{path, std::ios::binary};
    std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    auto record = decode_job_record(bytes, path);
    REQUIRE(record);
    record->state = record_state::cancel_requested;
    bytes = encode_job_record(*record);
    std::ofstream{path, std::ios::binary}.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

  void break_checkpoints() const {
    std::filesystem::rename(checkpoints, folder / "away");
    std::ofstream{checkpoints} << "no folder";
  }
  void mend_checkpoints() const {
    std::filesystem::remove(checkpoints);
    std::filesystem::rename(folder / "away", checkpoints);
  }

  job_state state() { return second->describe(job).summary.state; }

  const std::filesystem::path folder{std::filesystem::path{master_platform{}.folder + "-shared"}};
  const std::filesystem::path checkpoints = folder / "checkpoints";
  configuration settings;
  std::optional<master_at_work> second;
};

} // namespace

TEST_CASE_FIXTURE(recovered_cancel,
                  "a job that is canceled waits until its checkpoints are known, then leaves none") {
  break_checkpoints();
  second.emplace(settings);
  second->advance(5s);
  CHECK(state() == job_state::initializing);
  mend_checkpoints();
  second->advance(3s);
  CHECK(state() == job_state::canceled);
  CHECK(std::filesystem::is_empty(checkpoints));
}

TEST_CASE_FIXTURE(recovered_cancel, "canceled again it waits no more, and its checkpoints stay") {
  break_checkpoints();
  second.emplace(settings);
  second->advance(5s);
  CHECK(*second->cancel(job)->value);
  CHECK(state() == job_state::canceled);
  mend_checkpoints();
  second->advance(5s);
  CHECK(std::filesystem::exists(checkpoints / to_string(job)));
}
