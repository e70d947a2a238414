#include "actors/library_cache.hpp"

#include "base/hash.hpp"

#include <caf/send.hpp>

#include <utility>

namespace weir::actors {

namespace {

/// Writes the library to its file, if the bytes are those that its name stands for. Empty, or the reason.
std::string store(file_system& files, const std::string& folder, const std::string& path,
                  const std::string& hash, const std::string& bytes) {
  if (sha256_hex(bytes) != hash)
    return "the master sent a job library that does not have the SHA-256 " + hash;
  if (auto made = files.create_folders(folder); !made)
    return "cannot store the job library: " + made.failure().message();
  if (auto written = files.write_atomically(path, bytes); !written)
    return "cannot store the job library: " + written.failure().message();
  return {};
}

} // namespace

library_cache::library_cache(caf::actor_config& config, platform& environment,
                             std::shared_ptr<job_code_provider> provider, settings with,
                             caf::actor task_manager)
    : caf::event_based_actor{config},
      platform_{environment},
      provider_{std::move(provider)},
      settings_{std::move(with)},
      task_manager_{std::move(task_manager)} {}

caf::behavior library_cache::make_behavior() {
  return {
      [this](const want_code& wish) { on_wish(wish); },
      [this](const chunk_received& received) { on_chunk(received.chunk); },
      [this](const stored& done) { on_stored(done); },
      [this](built& done) { on_built(done); },
      [this](const forget_wishes&) {
        for (auto& [hash, each] : libraries_) {
          each.download.reset();
          each.wishes.clear();
        }
        for (auto& [id, each] : jobs_)
          each.wishes.clear();
      },
  };
}

void library_cache::on_exit() {
  task_manager_ = nullptr;
}

void library_cache::on_wish(const want_code& wish) {
  const auto& hash = wish.job.library_hash;
  if (!is_sha256_hex(hash)) // it becomes the name of a file
    return answer(wish.attempt, error{errc::corrupt, "'" + hash + "' is not the SHA-256 of a job library"});
  auto& wanted = libraries_[hash];
  if (wanted.on_disk)
    return build(wish);
  wanted.wishes.push_back(wish);
  if (wanted.download || wanted.storing)
    return;
  wanted.download.emplace(hash, settings_.library_bytes_max);
  send(task_manager_, want_chunk{hash, 0});
}

void library_cache::on_chunk(const blob_chunk& chunk) {
  auto found = libraries_.find(chunk.hash);
  if (found == libraries_.end() || !found->second.download)
    return;
  auto& wanted = found->second;
  auto complete = wanted.download->on_chunk(chunk);
  if (!complete) {
    wanted.download.reset();
    return fail(wanted, complete.failure().message());
  }
  if (!*complete)
    return send(task_manager_, want_chunk{chunk.hash, wanted.download->offset()});
  wanted.storing = true;
  auto bytes = std::make_shared<std::string>(wanted.download->take());
  wanted.download.reset();
  off_thread([&files = platform_.files(), folder = settings_.folder, path = path_of(chunk.hash),
              hash = chunk.hash, bytes] {
    return stored{hash, store(files, folder, path, hash, *bytes)};
  });
}

void library_cache::on_stored(const stored& done) {
  auto& wanted = libraries_.at(done.hash);
  wanted.storing = false;
  wanted.on_disk = done.failure.empty();
  if (!wanted.on_disk)
    return fail(wanted, done.failure);
  for (const auto& wish : std::exchange(wanted.wishes, {}))
    build(wish);
}

void library_cache::build(const want_code& wish) {
  auto& of = jobs_[wish.attempt.job];
  auto code = of.code.lock();
  auto graph = of.graph.lock();
  if (code && graph)
    return answer(wish.attempt, job_code{std::move(code), std::move(graph)});
  of.wishes.push_back(wish.attempt);
  if (std::exchange(of.building, true))
    return;
  off_thread(
      [provider = provider_, path = path_of(wish.job.library_hash), job = wish.attempt.job, spec = wish.job] {
        return built{job, make_job_code(*provider, path, spec)};
      });
}

void library_cache::on_built(built& done) {
  auto& of = jobs_.at(done.job);
  of.building = false;
  if (done.code) {
    of.code = done.code->code;
    of.graph = done.code->graph;
  }
  for (const auto& attempt : std::exchange(of.wishes, {}))
    answer(attempt, done.code);
  std::erase_if(jobs_, [&](const auto& each) {
    return each.first != done.job && !each.second.building && each.second.code.expired();
  });
}

void library_cache::fail(library& of, const std::string& reason) {
  for (const auto& wish : std::exchange(of.wishes, {}))
    answer(wish.attempt, error{errc::failed, reason});
}

void library_cache::answer(const attempt_id& attempt, result<job_code> code) {
  send(task_manager_, code_ready{attempt, std::move(code)});
}

std::string library_cache::path_of(const std::string& hash) const {
  return settings_.folder + "/" + hash + ".so";
}

template <class Work>
void library_cache::off_thread(Work work) {
  platform_.executor().run(
      [self = caf::actor_cast<caf::actor>(this), work = std::move(work)] { caf::anon_send(self, work()); });
}

} // namespace weir::actors
