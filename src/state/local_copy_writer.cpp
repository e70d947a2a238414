#include "state/local_copy_writer.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <utility>

namespace weir {

local_copy_writer::local_copy_writer(file_system& files, local_copy what,
                                     std::function<void(local_copy_ptr)> keep)
    : files_{files}, copy_{std::move(what)}, keep_{std::move(keep)} {
  if (auto file = files_.create(copy_.path, true))
    file_ = std::move(*file);
  else
    give_up(file.failure());
}

local_copy_writer::~local_copy_writer() {
  if (file_)
    (void)files_.remove(copy_.path); // what stays goes with the folder
}

void local_copy_writer::append(std::span<const char> bytes) {
  if (!file_)
    return;
  if (auto done = file_->append(bytes); !done)
    return give_up(done.failure());
  copy_.size += bytes.size();
  while (!bytes.empty()) {
    auto taken = bytes.first(std::min(bytes.size(), local_copy::piece_size - in_piece_));
    hash_.update(taken);
    in_piece_ += taken.size();
    if (in_piece_ == local_copy::piece_size)
      end_piece();
    bytes = bytes.subspan(taken.size());
  }
}

void local_copy_writer::end_piece() {
  copy_.hashes.push_back(hash_.value());
  hash_ = running_hash64{};
  in_piece_ = 0;
}

void local_copy_writer::finish(checkpoint_id base) {
  if (!file_)
    return;
  if (auto done = file_->close(); !done)
    return give_up(done.failure());
  file_.reset();
  if (in_piece_ > 0)
    end_piece();
  copy_.base = base;
  keep_(std::make_shared<const local_copy>(std::move(copy_)));
}

void local_copy_writer::give_up(const error& why) {
  log::state.warn("no local copy of a snapshot file", {{"file", copy_.original}, {"why", why.message()}});
  file_.reset();
  (void)files_.remove(copy_.path); // what stays goes with the folder
}

} // namespace weir
