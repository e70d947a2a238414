#include "state/leveldb_cursor.hpp"

#include "state/leveldb_keys.hpp"

#include <algorithm>

namespace weir {

namespace {

constexpr std::uint64_t renewed_after_bytes = 4 * 1024 * 1024;

} // namespace

leveldb_cursor::leveldb_cursor(std::shared_ptr<leveldb_core> core, std::uint16_t state, range bounds,
                               bool keep_blocks)
    : core_{std::move(core)}, state_{state}, bounds_{std::move(bounds)} {
  core_->throw_if_failed();
  options_.snapshot = core_->db().GetSnapshot();
  options_.fill_cache = keep_blocks;
}

leveldb_cursor::~leveldb_cursor() {
  iterator_.reset();
  core_->db().ReleaseSnapshot(options_.snapshot);
}

bool leveldb_cursor::valid() const {
  core_->throw_if_failed();
  if (!iterator_ && !at_end_) {
    open_at(bounds_.from);
    settle();
  }
  return !at_end_;
}

void leveldb_cursor::next() {
  core_->throw_if_failed();
  bytes_since_open_ += iterator_->key().size() + iterator_->value().size();
  if (bytes_since_open_ >= renewed_after_bytes) {
    target_.assign(iterator_->key().data(), iterator_->key().size());
    target_.push_back('\0'); // the smallest key behind it
    open_at(target_);
  } else {
    iterator_->Next();
  }
  settle();
}

void leveldb_cursor::seek(std::string_view key) {
  core_->throw_if_failed();
  std::string from;
  leveldb_keys::to_database(key, state_, from);
  from = std::max(from, bounds_.from);
  if (!iterator_ || bytes_since_open_ >= renewed_after_bytes)
    open_at(from);
  else
    iterator_->Seek(from);
  at_end_ = false;
  settle();
}

void leveldb_cursor::open_at(const std::string& from) const {
  iterator_.reset(); // before the next: each has its own blocks
  iterator_.reset(core_->db().NewIterator(options_));
  bytes_since_open_ = 0;
  iterator_->Seek(from);
}

void leveldb_cursor::settle() const {
  while (iterator_->Valid()) {
    leveldb::Slice found = iterator_->key();
    std::string_view at{found.data(), found.size()};
    if (!bounds_.to.empty() && at >= bounds_.to)
      break;
    std::uint16_t state = leveldb_keys::state_of(at);
    if (state == state_) {
      leveldb_keys::to_state(at, key_);
      return;
    }
    std::uint16_t group = leveldb_keys::group_of(at);
    if (state > state_ && ++group == 0)
      break; // behind the last key group
    leveldb_keys::begin_of(group, state_, target_);
    iterator_->Seek(target_);
  }
  core_->check(iterator_->status());
  at_end_ = true;
  iterator_.reset();
}

} // namespace weir
