#include "memory_context.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/codec.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using record = std::pair<std::string, std::int64_t>;

weir::detail::batch_ptr batch_of(const std::vector<record>& records) {
  const auto& type = weir::detail::record_type_of<record>();
  auto made = type.make_batch(type);
  auto& typed = static_cast<weir::detail::batch<record>&>(*made);
  for (const record& each : records)
    typed.values()[typed.size++] = each;
  return made;
}

/// A sink that writes to `folder` in subtask `subtask` of two.
struct writing_subtask {
  writing_subtask(const std::string& folder, std::uint32_t subtask, const std::string& job = "job-1")
      : context{subtask, 2, job}, sink{weir::detail::make_write_text_sink(folder)} {
    sink->open(context);
  }
  void write(const std::vector<record>& records) {
    auto batch = batch_of(records);
    sink->process(0, batch);
  }
  void finish() {
    sink->end_of_input(0);
    sink->close();
  }

  memory_context context;
  std::unique_ptr<weir::detail::stream_operator> sink;
};

} // namespace

TEST_CASE("part files appear whole when the input has ended, and not before") {
  temporary_folder folder;
  std::string out = folder.path("out");
  writing_subtask first{out, 0}, second{out, 1};
  first.write({{"a", 1}, {"b", 2}});
  second.write({{"c", 3}});
  CHECK(std::filesystem::directory_iterator{out} != std::filesystem::directory_iterator{});
  for (const auto& entry : std::filesystem::directory_iterator{out})
    CHECK(entry.path().filename().string().front() == '.');
  first.finish();
  CHECK(folder.read("out/part-0-0") == "a\t1\nb\t2\n");
  second.finish();
  CHECK(folder.read("out/part-1-0") == "c\t3\n");
}

TEST_CASE("a subtask may start after another of its job has committed") {
  temporary_folder folder;
  writing_subtask first{folder.path(), 0};
  first.finish();
  CHECK_NOTHROW(writing_subtask{folder.path(), 1});
}

TEST_CASE("a folder with another job's results is refused and left as it is") {
  temporary_folder folder;
  folder.write("part-0-0", "theirs\n");
  CHECK_THROWS_WITH_AS((writing_subtask{folder.path(), 0}),
                       ("the output folder " + folder.path() +
                        " holds results already: remove its part files or choose another folder")
                           .c_str(),
                       std::runtime_error);
  CHECK(folder.names(true) == std::vector<std::string>{"part-0-0"});
  CHECK(folder.read("part-0-0") == "theirs\n");
}

TEST_CASE("two jobs that write to one folder do not overwrite each other's parts") {
  temporary_folder folder;
  writing_subtask mine{folder.path(), 0, "job-1"}, theirs{folder.path(), 0, "job-2"};
  mine.write({{"mine", 1}});
  theirs.write({{"theirs", 2}});
  theirs.finish();
  CHECK_THROWS_AS(mine.finish(), std::runtime_error);
  CHECK(folder.read("part-0-0") == "theirs\t2\n");
}

TEST_CASE("what is not finished leaves no part and no open file behind") {
  temporary_folder folder;
  {
    writing_subtask canceled{folder.path(), 0};
    canceled.write({{"a", 1}});
    canceled.sink->close();
  }
  CHECK(folder.names(true) == std::vector<std::string>{".job-job-1"});
}

TEST_CASE("an output path that is a file is refused") {
  temporary_folder folder;
  folder.write("file", "");
  CHECK_THROWS_AS((writing_subtask{folder.path("file"), 0}), std::runtime_error);
}

TEST_CASE("collected records are a line each of the job's result") {
  memory_context context{0, 1};
  auto sink = weir::detail::make_collect_sink("counts");
  sink->open(context);
  auto one = batch_of({{"a", 1}, {"b", 2}}), two = batch_of({{"c", 3}});
  sink->process(0, one);
  sink->process(0, two);
  sink->end_of_input(0);
  CHECK(context.results["counts"] == "a\t1\nb\t2\nc\t3\n");
}

TEST_CASE("printing to a standard output that takes nothing more fails with the reason") {
  std::fflush(stdout);
  int before = ::dup(1);
  int full = ::open("/dev/full", O_WRONLY);
  ::dup2(full, 1);
  memory_context context{0, 1};
  auto sink = weir::detail::make_print_sink();
  sink->open(context);
  auto batch = batch_of({{"a", 1}});
  std::string what;
  try {
    sink->process(0, batch);
  } catch (const std::exception& thrown) {
    what = thrown.what();
  }
  ::dup2(before, 1);
  ::close(full);
  ::close(before);
  std::clearerr(stdout);
  CHECK(what == "cannot write to the standard output: No space left on device");
}
