#include "scheduler/blob_files.hpp"

#include "base/hash.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace weir;

namespace {

struct library_folder {
  std::string folder =
      std::filesystem::temp_directory_path() / ("weir-blob-files-" + std::to_string(::getpid()));
  std::unique_ptr<platform> system = make_system_platform();
  blob_files blobs{system->files(), folder + "/nested"};
  std::string bytes = "these are the bytes of a library";
  std::string hash = sha256_hex(bytes);

  ~library_folder() { std::filesystem::remove_all(folder); }
};

} // namespace

TEST_CASE_FIXTURE(library_folder, "what is written is found by the next process and read in pieces") {
  REQUIRE(blobs.open());
  REQUIRE(blobs.write(hash, bytes));
  auto found = blob_files{system->files(), folder + "/nested"}.open();
  REQUIRE(found);
  CHECK(*found == std::map<std::string, std::uint64_t>{{hash, bytes.size()}});

  std::string whole;
  while (whole.size() < bytes.size()) {
    auto piece = blobs.read(hash, whole.size(), 7);
    REQUIRE(piece);
    CHECK(piece->size() == std::min<std::size_t>(7, bytes.size() - whole.size()));
    whole += *piece;
  }
  CHECK(whole == bytes);
}

TEST_CASE_FIXTURE(library_folder, "behind the end there is nothing to read") {
  REQUIRE(blobs.open());
  REQUIRE(blobs.write(hash, bytes));
  for (std::uint64_t offset : {std::uint64_t{bytes.size()}, std::uint64_t{1} << 60, ~std::uint64_t{0}}) {
    auto piece = blobs.read(hash, offset, 7);
    REQUIRE(piece);
    CHECK(piece->empty());
  }
}

TEST_CASE_FIXTURE(library_folder, "other files in the folder are left alone and not taken for libraries") {
  REQUIRE(blobs.open());
  std::ofstream{folder + "/nested/readme"} << "mine";
  std::ofstream{folder + "/nested/" + std::string(64, 'A')} << "not lower case";
  std::filesystem::create_directory(folder + "/nested/" + std::string(64, 'b'));
  auto found = blobs.open();
  REQUIRE(found);
  CHECK(found->empty());
  CHECK(std::filesystem::exists(folder + "/nested/readme"));
}

TEST_CASE_FIXTURE(library_folder, "a library that was removed cannot be read, and the error names it") {
  REQUIRE(blobs.open());
  REQUIRE(blobs.write(hash, bytes));
  REQUIRE(blobs.remove(hash));
  auto piece = blobs.read(hash, 0, 7);
  REQUIRE_FALSE(piece);
  CHECK(piece.failure().message().find(hash) != std::string::npos);
}

TEST_CASE_FIXTURE(library_folder, "a folder that cannot be made is an error that names the option") {
  std::ofstream{folder} << "a file is in the way";
  auto opened = blobs.open();
  REQUIRE_FALSE(opened);
  CHECK(opened.failure().message().find("blob.storage.directory") != std::string::npos);
  CHECK(opened.failure().message().find(folder) != std::string::npos);
}
