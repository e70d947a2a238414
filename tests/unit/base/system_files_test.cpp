#include "base/system_files.hpp"

#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace weir;

namespace {

struct real_files {
  weir::testing::temporary_folder folder;
  std::unique_ptr<file_system> files = make_system_files();

  std::string path(std::string_view name) const { return folder / name; }
  std::string content(std::string_view name) const { return weir::testing::read_file(path(name)); }
};

std::span<const char> bytes(std::string_view text) {
  return {text.data(), text.size()};
}

/// The failure of a call that must fail, which names the path.
template <class T>
error failure_of(const result<T>& outcome, const std::string& path) {
  REQUIRE_FALSE(outcome);
  CHECK_MESSAGE(outcome.failure().message().find(path) != std::string::npos, outcome.failure().message());
  return outcome.failure();
}

} // namespace

TEST_CASE_FIXTURE(real_files, "what was appended is read back at any offset") {
  auto out = files->create(path("a"));
  REQUIRE(out);
  CHECK((*out)->append(bytes("hello ")));
  CHECK((*out)->append(bytes("world")));
  CHECK((*out)->sync());
  CHECK((*out)->close());

  auto in = files->open(path("a"));
  REQUIRE(in);
  CHECK((*in)->size() == 11);
  char buffer[16];
  auto count = (*in)->read_at(6, buffer);
  REQUIRE(count);
  CHECK(std::string_view{buffer, *count} == "world");
  CHECK(*(*in)->read_at(11, buffer) == 0);
  CHECK(*(*in)->read_at(1000, buffer) == 0);
}

TEST_CASE_FIXTURE(real_files, "a file that is not closed keeps what was written") {
  {
    auto out = files->create(path("a"));
    REQUIRE(out);
    CHECK((*out)->append(bytes("kept")));
  }
  CHECK(content("a") == "kept");
}

TEST_CASE_FIXTURE(real_files, "create truncates, unless it is exclusive") {
  folder.write("a", "old");
  auto refused = files->create(path("a"), true);
  CHECK(failure_of(refused, path("a")).code() == errc::already_exists);
  CHECK(content("a") == "old");
  CHECK(files->create(path("a")).has_value());
  CHECK(content("a") == "");
}

TEST_CASE_FIXTURE(real_files, "errors name the path and what the system said") {
  CHECK(failure_of(files->open(path("none")), path("none")).code() == errc::not_found);
  CHECK(failure_of(files->info(path("none")), "No such file or directory").code() == errc::not_found);
  CHECK(failure_of(files->list(path("none")), path("none")).code() == errc::not_found);
  CHECK(failure_of(files->create(path("none/a")), path("none/a")).code() == errc::not_found);
  folder.write("file", "");
  CHECK(failure_of(files->create_folders(path("file/below")), path("file/below")).code() != errc{});
  CHECK(failure_of(files->open(folder.path().string()), "Is a directory").code() == errc::io_failed);
}

TEST_CASE_FIXTURE(real_files, "a pipe is refused at once instead of waiting for its other end") {
  REQUIRE(::mkfifo(path("pipe").c_str(), 0600) == 0);
  CHECK(failure_of(files->open(path("pipe")), "not a regular file").code() == errc::io_failed);
}

TEST_CASE_FIXTURE(real_files, "a full disk is an error of append, and the process goes on") {
  // The limit on the size of files stands in for the disk: the system calls fail alike.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  auto out = files->create(path("a"));
  REQUIRE(out);
  auto written = (*out)->append(std::string(4000, 'x'));
  auto atomically = files->write_atomically(path("b"), std::string(4000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, ignored);
  CHECK(failure_of(written, "File too large").code() == errc::io_failed);
  CHECK(failure_of(atomically, path("b")).code() == errc::io_failed);
  CHECK(files->info(path("b")).failure().code() == errc::not_found);
  auto left = files->list(folder.path().string());
  REQUIRE(left);
  CHECK(left->size() == 1);
}

TEST_CASE_FIXTURE(real_files, "a folder lists its entries in name order with full paths") {
  folder.write("b", "12");
  folder.write("a", "1");
  folder.write("c/below", "");
  REQUIRE(::symlink("nowhere", path("d").c_str()) == 0);
  auto entries = files->list(folder.path().string() + "/");
  REQUIRE(entries);
  REQUIRE(entries->size() == 4);
  CHECK((*entries)[0].path == path("a"));
  CHECK((*entries)[0].size == 1);
  CHECK((*entries)[1].size == 2);
  CHECK_FALSE((*entries)[1].is_folder);
  CHECK((*entries)[2].is_folder);
  CHECK((*entries)[3].path == path("d")); // leads nowhere: whoever opens it learns so
}

TEST_CASE_FIXTURE(real_files, "folders are created with their parents, and an existing one is success") {
  CHECK(files->create_folders(path("x/y/z")));
  CHECK(files->create_folders(path("x/y/z")));
  CHECK(files->info(path("x/y/z"))->is_folder);
  CHECK(files->sync_folder(path("x/y")));
}

TEST_CASE_FIXTURE(real_files, "one folder is created only where there is a parent and nothing else") {
  CHECK(failure_of(files->create_folder(path("x/y")), path("x/y")).code() == errc::not_found);
  CHECK(files->create_folder(path("x")));
  CHECK(failure_of(files->create_folder(path("x")), path("x")).code() == errc::already_exists);
  CHECK(files->info(path("x"))->is_folder);
}

TEST_CASE_FIXTURE(real_files,
                  "rename replaces, remove of what is missing is success, remove_all takes what is below") {
  folder.write("a", "new");
  folder.write("b", "old");
  CHECK(files->rename(path("a"), path("b")));
  CHECK(content("b") == "new");
  CHECK(failure_of(files->rename(path("a"), path("c")), path("a")).code() == errc::not_found);
  CHECK(files->remove(path("b")));
  CHECK(files->remove(path("b")));
  folder.write("deep/er/file", "x");
  CHECK(files->remove_all(path("deep")));
  CHECK(files->remove_all(path("deep")));
  CHECK(files->list(folder.path().string())->empty());
}

TEST_CASE_FIXTURE(real_files, "a folder is removed when nothing is in it, and a missing one is success") {
  folder.write("deep/file", "x");
  CHECK(failure_of(files->remove_folder(path("deep")), path("deep")).code() == errc::already_exists);
  CHECK(content("deep/file") == "x");
  CHECK(files->remove(path("deep/file")));
  CHECK(files->remove_folder(path("deep")));
  CHECK(files->remove_folder(path("deep")));
  folder.write("file", "x");
  CHECK_FALSE(files->remove_folder(path("file")));
  CHECK(content("file") == "x");
}

TEST_CASE_FIXTURE(real_files, "a file is read whole, but not beyond the bound") {
  folder.write("a", std::string(200'000, 'x'));
  CHECK(*files->read_all(path("a"), 200'000) == std::string(200'000, 'x'));
  CHECK(failure_of(files->read_all(path("a"), 199'999), path("a")).code() == errc::invalid_argument);
  folder.write("empty", "");
  CHECK(*files->read_all(path("empty"), 0) == "");
}

TEST_CASE_FIXTURE(real_files, "a file whose size the system does not know is read whole") {
  auto status = files->read_all("/proc/self/status", 1 << 20);
  REQUIRE(status);
  CHECK(status->find("VmRSS") != std::string::npos);
  CHECK_FALSE(files->read_all("/proc/self/status", 10));
}

TEST_CASE_FIXTURE(real_files, "an atomic write leaves the new content and nothing else") {
  folder.write("a", "old");
  CHECK(files->write_atomically(path("a"), bytes("new")));
  CHECK(content("a") == "new");
  CHECK(files->list(folder.path().string())->size() == 1);
}

TEST_CASE_FIXTURE(real_files, "a file that is closed takes nothing more") {
  auto out = files->create(path("a"));
  REQUIRE(out);
  CHECK((*out)->close());
  CHECK_FALSE((*out)->append(bytes("x")));
  CHECK_FALSE((*out)->sync());
  CHECK_FALSE((*out)->close());
}

TEST_CASE_FIXTURE(real_files, "a lock keeps out every other one until it ends") {
  auto held = files->lock(path("a.lock"));
  REQUIRE(held);
  CHECK(failure_of(files->lock(path("a.lock")), path("a.lock")).code() == errc::unavailable);
  CHECK(files->lock(path("b.lock")));
  held->reset();
  CHECK(files->lock(path("a.lock")));
  CHECK(failure_of(files->lock(path("missing/a.lock")), path("missing/a.lock")).code() == errc::not_found);
}

TEST_CASE_FIXTURE(real_files, "a lock whose file was removed does not keep out the lock of a new one") {
  auto old = files->lock(path("a.lock"));
  REQUIRE(old);
  CHECK(files->remove(path("a.lock")));
  auto held = files->lock(path("a.lock"));
  REQUIRE(held);
  old->reset();
  CHECK_FALSE(files->lock(path("a.lock")));
}

TEST_CASE("a process may open as many files as the system allows it at all") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 100;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  CHECK(allow_many_open_files() == before.rlim_max);
  rlimit after{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
  CHECK(after.rlim_cur == before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}
