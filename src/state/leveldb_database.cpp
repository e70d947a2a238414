#include "state/leveldb_database.hpp"

#include "state/leveldb_core.hpp"
#include "state/leveldb_store.hpp"

#include <leveldb/write_batch.h>

#include <charconv>

namespace weir {

result<leveldb_database> leveldb_database::create(platform& system, const leveldb_settings& settings,
                                                  const leveldb_memory& memory) {
  const std::string& parent = settings.folders[system.random().next() % settings.folders.size()];
  remove_leftover_folders(system.files(), parent);
  auto folder = process_folder::create(system, parent);
  if (!folder)
    return folder.failure().wrap("cannot make a folder for state");
  auto core = std::make_shared<leveldb_core>(system.files(), std::move(*folder), settings, memory);
  if (auto opened = core->open(); !opened)
    return opened.failure();
  return leveldb_database{std::move(core)};
}

std::unique_ptr<detail::cold_store> leveldb_database::store(std::uint16_t number) {
  return std::make_unique<leveldb_store>(core_, number);
}

leveldb_statistics leveldb_database::statistics() const {
  leveldb_statistics found;
  std::string held; // write buffers and block cache
  if (core_->db().GetProperty("leveldb.approximate-memory-usage", &held))
    std::from_chars(held.data(), held.data() + held.size(), found.memory);
  found.memory += core_->env().tables_held();
  if (auto entries = core_->files().list(core_->folder()))
    for (const auto& entry : *entries)
      if (entry.path.ends_with(".ldb")) {
        ++found.files;
        found.bytes += entry.size;
      }
  return found;
}

void leveldb_database::flush() {
  core_->throw_if_failed();
  // The only way to it: a compaction of keys that cannot exist, before which the write buffer is written out.
  std::string behind_all(8, '\xff');
  leveldb::Slice bound{behind_all};
  core_->db().CompactRange(&bound, &bound);
  leveldb::WriteBatch nothing;
  core_->check(core_->db().Write({}, &nothing)); // tells of a failure in the background
}

const std::string& leveldb_database::folder() const {
  return core_->folder();
}

} // namespace weir
