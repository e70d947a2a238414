#include "scheduler/blob_index.hpp"

namespace weir {

void blob_index::on_found(const std::string& hash, std::uint64_t size, time_point now) {
  blobs_[hash] = {.at = phase::present, .size = size, .keep_until = now + retention_};
}

bool blob_index::has(const std::string& hash, const job_id& submission, time_point now) {
  blob* found = present(hash);
  if (found == nullptr)
    return false;
  found->held_until[submission] = now + retention_;
  return true;
}

blob_index::put_answer blob_index::on_put(const std::string& hash, const job_id& submission, time_point now) {
  if (has(hash, submission, now))
    return put_answer::stored;
  auto [entry, is_new] = blobs_.try_emplace(hash);
  return is_new ? put_answer::write : put_answer::wait;
}

void blob_index::on_written(const std::string& hash, std::uint64_t size, bool success, time_point now) {
  if (success)
    on_found(hash, size, now);
  else
    blobs_.erase(hash);
}

bool blob_index::claim(const std::string& hash, const job_id& job) {
  blob* found = present(hash);
  if (found == nullptr)
    return false;
  found->held_until.erase(job);
  found->users.insert(job);
  return true;
}

void blob_index::release(const std::string& hash, const job_id& job, time_point now) {
  blob* found = present(hash);
  if (found == nullptr)
    return;
  found->users.erase(job);
  found->keep_until = now + retention_;
}

std::optional<std::uint64_t> blob_index::size_of(const std::string& hash) const {
  auto found = blobs_.find(hash);
  if (found == blobs_.end() || found->second.at != phase::present)
    return std::nullopt;
  return found->second.size;
}

std::vector<std::string> blob_index::sweep(time_point now) {
  std::vector<std::string> removed;
  for (auto& [hash, each] : blobs_) {
    if (each.at != phase::present)
      continue;
    std::erase_if(each.held_until, [&](const auto& hold) { return now >= hold.second; });
    if (!each.users.empty() || !each.held_until.empty() || now < each.keep_until)
      continue;
    each.at = phase::removing;
    removed.push_back(hash);
  }
  return removed;
}

void blob_index::on_removed(const std::string& hash) {
  blobs_.erase(hash);
}

blob_index::blob* blob_index::present(const std::string& hash) {
  auto found = blobs_.find(hash);
  return found == blobs_.end() || found->second.at != phase::present ? nullptr : &found->second;
}

} // namespace weir
