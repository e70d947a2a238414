#include "base/platform.hpp"

#include <doctest/doctest.h>

#include <future>
#include <set>

using namespace weir;

TEST_CASE("the system's clock goes on, its random numbers differ, its executor runs") {
  auto system = make_system_platform();
  time_point begin = system->clock().now();
  std::set<std::uint64_t> drawn;
  for (int i = 0; i < 1000; ++i)
    drawn.insert(system->random().next());
  CHECK(drawn.size() == 1000);
  CHECK(system->clock().now() >= begin);
  CHECK(system->clock().wall_ms() > 1'700'000'000'000); // after 2023

  std::promise<bool> ran;
  system->executor().run([&] { ran.set_value(true); });
  CHECK(ran.get_future().get());
}

namespace {

/// Fails the step of that name and records the order of the others.
class recording_files final : public file_system {
public:
  std::string failing;
  std::vector<std::string> steps;

  result<void> step(const std::string& name) {
    steps.push_back(name);
    if (name == failing)
      return error{errc::io_failed, "planted"};
    return {};
  }

  struct file final : writable_file {
    explicit file(recording_files& f) : owner{f} {}
    result<void> append(std::span<const char>) override { return owner.step("append"); }
    result<void> sync() override { return owner.step("sync"); }
    result<void> close() override { return owner.step("close"); }
    recording_files& owner;
  };

  result<std::unique_ptr<readable_file>> open(const std::string&) override {
    return error{errc::not_found, ""};
  }
  result<std::unique_ptr<writable_file>> create(const std::string& path, bool) override {
    created = path;
    if (auto done = step("create"); !done)
      return done.failure();
    return std::unique_ptr<writable_file>{std::make_unique<file>(*this)};
  }
  result<file_info> info(const std::string&) override { return error{errc::not_found, ""}; }
  result<std::vector<file_info>> list(const std::string&) override { return error{errc::not_found, ""}; }
  result<void> create_folder(const std::string&) override { return {}; }
  result<void> create_folders(const std::string&) override { return {}; }
  result<void> rename(const std::string&, const std::string& to) override { return step("rename to " + to); }
  result<void> sync_folder(const std::string& folder) override { return step("sync folder " + folder); }
  result<void> remove(const std::string& path) override { return step("remove " + path); }
  result<void> remove_all(const std::string&) override { return {}; }
  result<void> remove_folder(const std::string&) override { return {}; }
  result<std::unique_ptr<file_lock>> lock(const std::string& path) override {
    return error{errc::unavailable, path};
  }

  std::string created;
};

} // namespace

TEST_CASE("an atomic write syncs the file before it renames it, and the folder after") {
  recording_files files;
  CHECK(files.write_atomically("/a/b", std::string{"x"}));
  CHECK(files.created == "/a/.b.tmp");
  CHECK(files.steps ==
        std::vector<std::string>{"create", "append", "sync", "close", "rename to /a/b", "sync folder /a"});
}

TEST_CASE("an atomic write that fails in any step says so and removes its temporary file") {
  for (const char* failing : {"create", "append", "sync", "close", "rename to /a/b"}) {
    CAPTURE(failing);
    recording_files files;
    files.failing = failing;
    auto written = files.write_atomically("/a/b", std::string{"x"});
    REQUIRE_FALSE(written);
    CHECK(written.failure().message() == "cannot write /a/b: planted");
    CHECK(files.steps.back() == "remove /a/.b.tmp");
  }
}

TEST_CASE("an atomic write fails when the new name may not survive a power cut") {
  recording_files files;
  files.failing = "sync folder /a";
  CHECK_FALSE(files.write_atomically("/a/b", std::string{"x"}));
}

TEST_CASE("a path is taken apart at its last slash") {
  CHECK(folder_of("a/b/c") == "a/b");
  CHECK(folder_of("c") == ".");
  CHECK(folder_of("/c") == "/");
  CHECK(name_of("a/b/c") == "c");
  CHECK(name_of("c") == "c");
}

TEST_CASE("an atomic write works for a name without a folder and in the root") {
  recording_files files;
  CHECK(files.write_atomically("b", std::string{"x"}));
  CHECK(files.created == "./.b.tmp");
  CHECK(files.steps.back() == "sync folder .");
  CHECK(files.write_atomically("/b", std::string{"x"}));
  CHECK(files.steps.back() == "sync folder /");
}
