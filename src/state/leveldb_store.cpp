#include "state/leveldb_store.hpp"

#include "state/leveldb_cursor.hpp"
#include "state/leveldb_keys.hpp"

namespace weir {

namespace {

/// Changes that LevelDB gets at once. A batch may be longer than a write buffer has room; its own memory
/// counts as well.
constexpr std::size_t batch_size = 128 * 1024;

} // namespace

bool leveldb_store::get(std::string_view key, std::string& value) {
  core_->throw_if_failed();
  leveldb_keys::to_database(key, state_, key_);
  auto status = core_->db().Get({}, key_, &value);
  if (status.IsNotFound())
    return false;
  core_->check(status);
  return true;
}

void leveldb_store::write(const std::vector<change>& changes) {
  core_->throw_if_failed();
  for (const change& each : changes) {
    leveldb_keys::to_database(each.key, state_, key_);
    if (each.value)
      batch_.Put(key_, leveldb::Slice{each.value->data(), each.value->size()});
    else
      batch_.Delete(key_);
    if (batch_.ApproximateSize() >= batch_size)
      write_batch();
  }
  write_batch();
}

void leveldb_store::write_batch() {
  auto status = core_->db().Write({}, &batch_);
  batch_.Clear();
  core_->check(status);
}

std::unique_ptr<detail::cold_cursor> leveldb_store::scan(std::string_view from, std::string_view to) {
  leveldb_cursor::range bounds;
  leveldb_keys::to_database(from, state_, bounds.from);
  leveldb_keys::to_database(to, state_, bounds.to);
  return std::make_unique<leveldb_cursor>(core_, state_, std::move(bounds), true);
}

std::unique_ptr<detail::cold_cursor> leveldb_store::walk(std::string_view from) {
  leveldb_cursor::range bounds;
  leveldb_keys::to_database(from, state_, bounds.from);
  return std::make_unique<leveldb_cursor>(core_, state_, std::move(bounds), false);
}

std::unique_ptr<detail::cold_cursor> leveldb_store::freeze() {
  return std::make_unique<leveldb_cursor>(core_, state_, leveldb_cursor::range{}, false);
}

} // namespace weir
