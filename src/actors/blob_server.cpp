#include "actors/blob_server.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace weir::actors {

// What the executor reports.

struct library_verified {
  put_library put;
  bool genuine = false;
};

struct library_written {
  put_library put;
  result<void> outcome;
};

struct library_removed {
  std::string hash;
};

struct chunk_read {
  fetch_blob wish;
  std::uint64_t total = 0;
  result<std::string> bytes;
};

} // namespace weir::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_verified)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_written)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::library_removed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(weir::actors::chunk_read)

namespace weir::actors {

namespace {

using sweep_atom = caf::atom_constant<caf::atom("sweep")>;

} // namespace

blob_server::blob_server(caf::actor_config& config, platform& environment, const blob_settings& settings,
                         std::shared_ptr<blob_files> files, const std::map<std::string, std::uint64_t>& found,
                         caf::actor router)
    : caf::event_based_actor{config},
      platform_{environment},
      settings_{settings},
      files_{std::move(files)},
      index_{settings.retention},
      router_{std::move(router)} {
  for (const auto& [hash, size] : found)
    index_.on_found(hash, size, clock().now());
}

caf::behavior blob_server::make_behavior() {
  sweep();
  return {
      [this](const find_library& wish) {
        wish.call->answer(index_.has(wish.hash, wish.submission, clock().now()));
      },
      [this](const put_library& put) { verify(put); },
      [this](const library_verified& verified) {
        if (verified.genuine)
          store(verified.put);
        else
          verified.put.call->answer(error{errc::invalid_argument,
                                          "the job library does not have the SHA-256 " + verified.put.hash});
      },
      [this](const library_written& written) {
        const put_library& put = written.put;
        index_.on_written(put.hash, put.bytes->size(), written.outcome.has_value(), clock().now());
        if (written.outcome)
          store(put); // which finds it, and holds it
        else
          put.call->answer(written.outcome);
        retry_waiting(put.hash);
      },
      [this](const library_removed& removed) {
        index_.on_removed(removed.hash);
        retry_waiting(removed.hash);
      },
      [this](const claim_library& wish) -> caf::result<library_claimed> {
        return library_claimed{wish.job, index_.claim(wish.hash, wish.job)};
      },
      [this](const release_library& wish) { index_.release(wish.hash, wish.job, clock().now()); },
      [this](const fetch_blob& wish) { read_chunk(wish); },
      [this](chunk_read& read) {
        blob_chunk chunk{.session = read.wish.session,
                         .hash = read.wish.hash,
                         .offset = read.wish.offset,
                         .total = read.total};
        if (read.bytes)
          chunk.bytes = std::move(*read.bytes);
        else
          chunk.failure = read.bytes.failure().message();
        incarnation_id worker = chunk.session.worker;
        send(router_, send_to_worker{worker, std::move(chunk)});
      },
      [this](sweep_atom) { sweep(); },
  };
}

void blob_server::on_exit() {
  router_ = nullptr;
  waiting_.clear();
}

void blob_server::verify(const put_library& put) {
  off_thread([put] { return library_verified{put, sha256_hex(*put.bytes) == put.hash}; });
}

void blob_server::store(const put_library& put) {
  switch (index_.on_put(put.hash, put.submission, clock().now())) {
  case blob_index::put_answer::stored:
    put.call->answer({});
    break;
  case blob_index::put_answer::write:
    off_thread([put, files = files_] { return library_written{put, files->write(put.hash, *put.bytes)}; });
    break;
  case blob_index::put_answer::wait:
    waiting_.emplace(put.hash, put);
    break;
  }
}

void blob_server::retry_waiting(const std::string& hash) {
  auto [first, last] = waiting_.equal_range(hash);
  std::vector<put_library> again;
  for (auto each = first; each != last; ++each)
    again.push_back(std::move(each->second));
  waiting_.erase(first, last);
  for (const put_library& put : again)
    store(put);
}

void blob_server::read_chunk(const fetch_blob& wish) {
  auto size = index_.size_of(wish.hash);
  if (!size) {
    send(this, chunk_read{wish, 0, error{errc::not_found, "the master has no job library " + wish.hash}});
    return;
  }
  off_thread([wish, total = *size, length = settings_.chunk_size, files = files_] {
    return chunk_read{wish, total, files->read(wish.hash, wish.offset, length)};
  });
}

void blob_server::sweep() {
  for (const std::string& hash : index_.sweep(clock().now())) {
    off_thread([hash, files = files_] {
      if (auto removed = files->remove(hash); !removed)
        log::actors.warn("job library not removed", {{"why", removed.failure().message()}});
      return library_removed{hash};
    });
  }
  delayed_send(this, std::max(settings_.retention / 4, std::chrono::milliseconds{1'000}), sweep_atom::value);
}

template <class Work>
void blob_server::off_thread(Work work) {
  platform_.executor().run(
      [self = caf::actor_cast<caf::actor>(this), work = std::move(work)] { caf::anon_send(self, work()); });
}

} // namespace weir::actors
