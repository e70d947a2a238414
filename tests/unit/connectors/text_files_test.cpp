#include "memory_context.hpp"

#include "connectors/text_files/input_files.hpp"
#include "connectors/text_files/line_reader.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/codec.hpp>
#include <weir/detail/source_parts.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

/// The lines of `parallelism` subtasks, put together in order.
std::vector<std::string> read_all(const std::string& pattern, std::uint32_t parallelism,
                                  std::size_t max_line = megabyte) {
  std::vector<std::string> lines;
  for (std::uint32_t subtask = 0; subtask < parallelism; ++subtask) {
    memory_context context{subtask, parallelism};
    auto source = weir::detail::make_text_files_source(pattern, max_line);
    run_source(*source, context);
    lines.insert(lines.end(), context.output.lines.begin(), context.output.lines.end());
  }
  return lines;
}

/// The definition, byte by byte.
std::vector<std::string> lines_of(const std::string& content) {
  std::vector<std::string> lines;
  std::string line;
  for (char c : content) {
    if (c != '\n') {
      line.push_back(c);
      continue;
    }
    if (line.ends_with('\r'))
      line.pop_back();
    lines.push_back(std::exchange(line, {}));
  }
  if (!line.empty())
    lines.push_back(line);
  return lines;
}

std::string random_text(std::mt19937_64& random, std::size_t lines, std::size_t length) {
  std::string content;
  for (std::size_t i = 0; i < lines; ++i) {
    content.append(random() % (length + 1), static_cast<char>('a' + random() % 26));
    if (random() % 8 == 0)
      content.push_back('\r');
    content.push_back('\n');
  }
  if (random() % 2 == 0)
    content += "no newline here";
  return content;
}

/// The system's files, and up to where a file was read.
class watched_files final : public weir::file_system {
public:
  std::uint64_t read_to = 0;

  weir::result<std::unique_ptr<weir::readable_file>> open(const std::string& path) override {
    auto file = system().open(path);
    if (!file)
      return file.failure();
    return std::unique_ptr<weir::readable_file>{std::make_unique<watched>(std::move(*file), read_to)};
  }
  weir::result<std::unique_ptr<weir::writable_file>> create(const std::string& path,
                                                            bool exclusive) override {
    return system().create(path, exclusive);
  }
  weir::result<weir::file_info> info(const std::string& path) override { return system().info(path); }
  weir::result<std::vector<weir::file_info>> list(const std::string& path) override {
    return system().list(path);
  }
  weir::result<void> create_folder(const std::string& path) override { return system().create_folder(path); }
  weir::result<void> create_folders(const std::string& path) override {
    return system().create_folders(path);
  }
  weir::result<void> rename(const std::string& from, const std::string& to) override {
    return system().rename(from, to);
  }
  weir::result<void> sync_folder(const std::string& path) override { return system().sync_folder(path); }
  weir::result<void> remove(const std::string& path) override { return system().remove(path); }
  weir::result<void> remove_all(const std::string& path) override { return system().remove_all(path); }
  weir::result<void> remove_folder(const std::string& path) override { return system().remove_folder(path); }
  weir::result<std::unique_ptr<weir::file_lock>> lock(const std::string& path) override {
    return system().lock(path);
  }

private:
  struct watched final : weir::readable_file {
    watched(std::unique_ptr<weir::readable_file> watched_file, std::uint64_t& read_until)
        : file{std::move(watched_file)}, read_to{read_until} {}
    weir::result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
      auto count = file->read_at(offset, into);
      if (count)
        read_to = std::max<std::uint64_t>(read_to, offset + *count);
      return count;
    }
    std::uint64_t size() const override { return file->size(); }

    std::unique_ptr<weir::readable_file> file;
    std::uint64_t& read_to;
  };

  weir::file_system& system() { return platform_->files(); }

  std::unique_ptr<weir::platform> platform_ = weir::make_system_platform();
};

std::string failure_of(const std::string& pattern, std::size_t max_line = megabyte) {
  try {
    read_all(pattern, 1, max_line);
  } catch (const std::exception& failure) {
    return failure.what();
  }
  return {};
}

} // namespace

TEST_CASE("every line is read once at any parallelism, in order") {
  std::mt19937_64 random{6};
  for (std::size_t length : {0, 3, 40, 3'000, 100'000}) {
    temporary_folder folder;
    std::string all;
    std::vector<std::string> expected;
    for (const char* name : {"a.txt", "b.txt", "sub/c.txt"}) {
      std::string content = random_text(random, length > 1000 ? 30 : 3'000, length);
      folder.write(name, content);
      auto lines = lines_of(content);
      expected.insert(expected.end(), lines.begin(), lines.end());
    }
    folder.write("empty.txt", "");
    for (std::uint32_t parallelism = 1; parallelism <= 7; ++parallelism) {
      CAPTURE(length);
      CAPTURE(parallelism);
      REQUIRE(read_all(folder.path(), parallelism) == expected);
    }
  }
}

TEST_CASE("a line belongs to the share in which it begins") {
  temporary_folder folder;
  folder.write("a", "12345\n12345\n");
  memory_context first{0, 2}, second{1, 2};
  auto source = weir::detail::make_text_files_source(folder.path(), megabyte);
  run_source(*source, first);
  source = weir::detail::make_text_files_source(folder.path(), megabyte);
  run_source(*source, second);
  CHECK(first.output.lines == std::vector<std::string>{"12345"});
  CHECK(second.output.lines == std::vector<std::string>{"12345"});
}

TEST_CASE("shares cover every byte of all files once") {
  std::vector<weir::file_info> files{{"a", 10}, {"b", 0}, {"c", 1}, {"d", 1'000'003}};
  for (std::uint32_t parts : {1u, 2u, 3u, 16u, 1000u}) {
    std::map<std::string, std::uint64_t> covered;
    for (std::uint32_t part = 0; part < parts; ++part)
      for (const auto& range : weir::detail::share_of(weir::whole(files), part, parts)) {
        REQUIRE(range.begin == covered[range.path]);
        covered[range.path] = range.end;
      }
    for (const auto& file : files)
      CHECK(covered[file.path] == file.size);
  }
}

TEST_CASE("bytes that are not UTF-8 pass unchanged") {
  temporary_folder folder;
  std::string line{"\xff\xfe\0\x80 caf\xe9", 9};
  folder.write("a", line + "\n");
  CHECK(read_all(folder.path("a"), 1) == std::vector{line});
}

TEST_CASE("a folder's hidden files are left out, and a glob takes what it matches") {
  temporary_folder folder;
  folder.write("x1.log", "1\n");
  folder.write("x2.log", "2\n");
  folder.write("x3.txt", "3\n");
  folder.write(".hidden", "4\n");
  folder.write("sub/x5.log", "5\n");
  CHECK(read_all(folder.path(), 1) == std::vector<std::string>{"5", "1", "2", "3"});
  CHECK(read_all(folder.path("*.log"), 1) == std::vector<std::string>{"1", "2"});
  CHECK(read_all(folder.path("x[13].*"), 2) == std::vector<std::string>{"1", "3"});
  CHECK(read_all(folder.path("s?b/*.log"), 1) == std::vector<std::string>{"5"});
}

TEST_CASE("an input that is not there is named") {
  temporary_folder folder;
  CHECK(failure_of(folder.path("missing")).find(folder.path("missing")) != std::string::npos);
  CHECK(failure_of(folder.path("*.none")).find("matches no file") != std::string::npos);
  std::filesystem::create_directory(folder.path("empty"));
  CHECK(failure_of(folder.path("empty")).find("has no files") != std::string::npos);
}

TEST_CASE("a line beyond the limit is an error that names file and offset") {
  temporary_folder folder;
  folder.write("a", "short\n" + std::string(300'000, 'x') + "\n");
  CHECK(failure_of(folder.path("a"), 300'000).empty());
  std::string failure = failure_of(folder.path("a"), 100'000);
  CHECK(failure.find(folder.path("a")) != std::string::npos);
  CHECK(failure.find("offset 6") != std::string::npos);
}

TEST_CASE("the limit of a line counts its bytes, without the line end") {
  temporary_folder folder;
  for (std::size_t limit : {1u, 1'000u, 4'095u, 65'536u, 100'000u})
    for (std::string end : {"", "\n", "\r\n", "\nmore\n"}) {
      folder.write("a", "\n" + std::string(limit, 'x') + (limit < 4 && end.size() > 2 ? "\n" : end));
      CHECK(failure_of(folder.path("a"), limit) == "");
      folder.write("a", "\n" + std::string(limit + 1, 'x') + end);
      CHECK(failure_of(folder.path("a"), limit).ends_with("bytes at offset 1: is it a text file?"));
    }
}

TEST_CASE("a file is read no further ahead than a block, however long it is") {
  temporary_folder folder;
  std::string content;
  while (content.size() < 4 * megabyte)
    content += content.size() % 7 == 0 ? "a few words\n" : "word\n";
  folder.write("a", content);
  watched_files files;
  auto reader = weir::line_reader::open(files, {folder.path("a"), 0, content.size()}, megabyte);
  REQUIRE(reader);
  weir::detail::batch<weir::text> lines{weir::detail::record_type_of<weir::text>()};
  std::uint64_t given = 0, ahead_max = 0;
  do {
    lines.clear();
    REQUIRE(reader->read(lines));
    for (std::uint32_t i = 0; i < lines.size; ++i)
      given += lines.values()[i].size() + 1;
    ahead_max = std::max(ahead_max, files.read_to - given);
  } while (lines.size != 0);
  CHECK(given == content.size());
  CHECK(ahead_max <= 64 * 1024);
}
