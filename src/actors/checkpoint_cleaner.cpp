#include "actors/checkpoint_cleaner.hpp"

#include <caf/send.hpp>

#include <chrono>
#include <utility>
#include <variant>

namespace weir::actors {

namespace {

/// Until a disk that failed is tried again.
constexpr std::chrono::seconds retry{2};

} // namespace

checkpoint_cleaner::checkpoint_cleaner(caf::actor_config& config, platform& environment,
                                       checkpoint_storage::settings of, bool retained, caf::actor dispatcher)
    : caf::event_based_actor{config},
      wanted_{of.job, retained},
      dispatcher_{std::move(dispatcher)},
      storage_{environment, std::move(of),
               [to = caf::actor_cast<caf::weak_actor_ptr>(this)](checkpoint_storage::outcome outcome) {
                 auto alive = caf::actor_cast<caf::strong_actor_ptr>(to);
                 if (auto* ended = std::get_if<end_outcome>(&outcome); ended && alive)
                   caf::anon_send(caf::actor_cast<caf::actor>(alive), std::move(*ended));
               }} {}

caf::behavior checkpoint_cleaner::make_behavior() {
  storage_.perform(wanted_);
  return {
      [this](const end_outcome& ended) {
        if (!ended.outcome && ended.outcome.failure().code() != errc::fenced)
          return delayed_send(this, retry, wanted_);
        if (ended.outcome)
          send(dispatcher_, checkpoints_gone{wanted_.job});
        quit();
      },
      [this](const end_checkpoints& again) { storage_.perform(again); },
  };
}

} // namespace weir::actors
