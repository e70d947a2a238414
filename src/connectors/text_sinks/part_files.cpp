#include "connectors/text_sinks/part_files.hpp"

#include "base/log.hpp"

#include <weir/detail/codec.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_element.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace weir {

namespace {

void check(const result<void>& done) {
  if (!done)
    throw std::runtime_error{done.failure().message()};
}

template <class T>
T valued(result<T> from) {
  if (!from)
    throw std::runtime_error{from.failure().message()};
  return std::move(*from);
}

void tell_if_left(const result<void>& removed) {
  if (!removed)
    log::connectors.warn("what was not committed is left", {{"why", removed.failure().message()}});
}

/// Length and checksum of a file.
std::pair<std::uint64_t, std::uint64_t> measure(file_system& files, const std::string& path) {
  auto file = valued(files.open(path));
  running_hash64 checksum;
  std::vector<char> block(256 * 1024);
  std::uint64_t at = 0;
  while (std::size_t count = valued(file->read_at(at, block))) {
    checksum.update({block.data(), count});
    at += count;
  }
  return {at, checksum.value()};
}

} // namespace

void part_files::open(detail::operator_context& context, bool whole) {
  whole_ = whole;
  parallelism_ = context.parallelism();
  self_ = {context.job(), context.subtask(), context.attempt()};
  files_ = &context.platform().files();
  folder_ = std::make_unique<output_folder>(*files_, folder_name_);
  detail::state_type type{"weir: parts", detail::state_kind::operator_union_list, {}, {}, "claim", {}};
  take_restored(context.states().add_elements(type, this, &collect));
  bool is_claimed = std::ranges::find(before_, folder_name_, &claimed::folder) != before_.end();
  check(whole ? folder_->make_marked(self_.job, is_claimed) : folder_->make(is_claimed));
}

void part_files::take_restored(const std::vector<std::string>& elements) {
  for (const std::string& bytes : elements) {
    claimed each;
    if (std::string fault = detail::read_element(bytes, each); !fault.empty())
      throw detail::state_error{"the snapshot of a file sink cannot be read: " + fault};
    next_ = std::max(next_, each.next);
    if (each.folder == folder_name_ && each.job == self_.job && each.subtask == self_.subtask)
      next_of_snapshot_ = each.next;
    auto is_same = [&](const claimed& other) { return other.folder == each.folder && other.job == each.job; };
    if (std::ranges::none_of(before_, is_same))
      before_.push_back(std::move(each));
  }
}

void part_files::collect(void* of, std::vector<std::string>& to) {
  const auto& self = *static_cast<const part_files*>(of);
  detail::append_element(to.emplace_back(),
                         claimed{self.folder_name_, self.self_.job, self.self_.subtask, self.next_});
}

/// This one first, then those that it goes on for.
std::vector<std::string> part_files::jobs_of(const std::string& path) const {
  std::vector<std::string> jobs{self_.job};
  for (const claimed& each : before_)
    if (each.folder == path && each.job != self_.job)
      jobs.push_back(each.job);
  return jobs;
}

void part_files::fence() {
  // Its own folder comes first: of two attempts that are here at once, one at least sees the other.
  check(files_->create_folders(folder_->pending(self_)));
  fence_in(folder_name_, self_.job);
  for (const claimed& each : before_)
    if (each.folder != folder_name_ || each.job != self_.job)
      fence_in(each.folder, each.job);
  check(files_->sync_folder(folder_name_));
}

void part_files::fence_in(const std::string& path, const std::string& job) {
  output_folder folder{*files_, path};
  auto writers = folder.find_writers();
  if (!writers && writers.failure().code() == errc::not_found && path != folder_name_)
    return;
  auto found = valued(std::move(writers));
  auto is_earlier = [&](const part_writer& other) {
    return other.job == job && other.subtask % parallelism_ == self_.subtask &&
           (job != self_.job || other.attempt < self_.attempt);
  };
  for (const part_writer& other : found.pending) {
    if (other.job == self_.job && other.subtask == self_.subtask && other.attempt > self_.attempt) {
      close(false);
      throw std::runtime_error{"a later attempt of this subtask writes to " + path};
    }
    if (!is_earlier(other))
      continue;
    auto renamed = files_->rename(folder.pending(other), folder.fenced(other));
    if (!renamed && renamed.failure().code() != errc::not_found)
      check(renamed);
    fenced_.push_back(folder.fenced(other));
  }
  for (const part_writer& other : found.fenced)
    if (is_earlier(other))
      fenced_.push_back(folder.fenced(other));
}

void part_files::begin() {
  if (!whole_)
    for (; files_->info(folder_->part(self_.subtask, next_)); ++next_)
      refuse_other_job(*folder_, folder_->part(self_.subtask, next_));
  open_path_ = output_folder::part_inside(folder_->pending(self_), self_.subtask, next_);
  auto file = files_->create(open_path_, true);
  if (!file && file.failure().code() == errc::already_exists)
    throw std::runtime_error{"two sinks of the job write to " + folder_name_ + ": give each its own folder"};
  file_ = valued(std::move(file));
  size_ = 0;
  checksum_ = {};
}

void part_files::append(std::span<const char> bytes) {
  check(file_->append(bytes));
  size_ += bytes.size();
  checksum_.update(bytes);
}

std::string part_files::prepare() {
  check(file_->sync());
  check(file_->close());
  file_.reset();
  // By path: fails when a later attempt has renamed the folder away.
  check(files_->sync_folder(folder_->pending(self_)));
  part made{folder_name_, self_.job, self_.subtask, self_.attempt, next_, size_, checksum_.value()};
  ++next_;
  std::string handle;
  detail::append_element(handle, made);
  return handle;
}

void part_files::commit(const std::string& handle) {
  part of = read_handle(handle);
  output_folder folder{*files_, of.folder};
  std::string path = folder.part(of.subtask, of.number);
  std::string pending = pending_path(of);
  auto pending_file = files_->info(pending);
  bool is_pending = bool{pending_file};
  if (is_pending && pending_file->size != of.size)
    throw std::runtime_error{pending + " has " + std::to_string(pending_file->size) + " bytes, and had " +
                             std::to_string(of.size) + " when it was prepared"};
  if (is_pending && files_->info(path)) {
    refuse_other_job(folder, path);
    if (is_committed(of, path)) { // a rename that was broken off may leave both names
      check(files_->remove(pending));
      is_pending = false;
    } else if (!whole_) { // else it is of an earlier attempt, which did not come to its end
      throw std::runtime_error{path + " has appeared while the job ran, and is not of this job"};
    }
  }
  if (is_pending) {
    auto renamed = files_->rename(pending, path);
    is_pending = bool{renamed};
    if (!renamed && renamed.failure().code() != errc::not_found)
      check(renamed);
  }
  if (!is_pending && !is_committed(of, path))
    throw std::runtime_error{"transaction lost: neither " + pending + " is there, nor " + path +
                             " with its " + std::to_string(of.size) + " bytes"};
  check(files_->sync_folder(of.folder));
}

bool part_files::is_committed(const part& of, const std::string& path) {
  auto there = files_->info(path);
  return there && there->size == of.size && measure(*files_, path) == std::pair{of.size, of.checksum};
}

void part_files::abort(const std::string& handle) {
  check(files_->remove(pending_path(read_handle(handle))));
}

void part_files::abort_leftovers() {
  for (const std::string& path : fenced_)
    check(files_->remove_all(path));
  fenced_.clear();
}

std::string part_files::committed_since_snapshot() {
  if (auto shows = valued(folder_->first_part(self_.subtask, next_of_snapshot_)))
    return folder_->part(self_.subtask, *shows) + " is committed";
  // Somebody may have taken parts away. Then what the attempt had prepared begins with a later one.
  for (const std::string& of_attempt : fenced_) {
    auto prepared = valued(folder_->first_part_inside(of_attempt, self_.subtask, next_of_snapshot_));
    if (prepared && *prepared > next_of_snapshot_)
      return folder_->part(self_.subtask, *prepared - 1) + " was committed";
  }
  return {};
}

void part_files::close(bool keep_prepared) noexcept {
  if (!folder_)
    return;
  if (std::exchange(file_, nullptr))
    tell_if_left(files_->remove(open_path_));
  if (keep_prepared)
    return;
  tell_if_left(files_->remove_all(folder_->pending(self_)));
  // Else a power cut could bring it back when no attempt follows that would clear it away.
  tell_if_left(files_->sync_folder(folder_name_));
}

std::string part_files::pending_path(const part& of) {
  output_folder folder{*files_, of.folder};
  part_writer writer{of.job, of.subtask, of.attempt};
  return output_folder::part_inside(writer == self_ ? folder.pending(writer) : folder.fenced(writer),
                                    of.subtask, of.number);
}

void part_files::refuse_other_job(output_folder& folder, const std::string& path) const {
  if (valued(folder.is_shared(jobs_of(folder.path()))))
    throw std::runtime_error{path + " has appeared while the job ran: another job writes to this folder"};
}

part_files::part part_files::read_handle(const std::string& handle) {
  part of;
  if (std::string fault = detail::read_element(handle, of); !fault.empty())
    throw std::runtime_error{"the handle of a part file cannot be read: " + fault};
  return of;
}

} // namespace weir
