#pragma once

#include "small_storage.hpp"
#include "wire/control_messages.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>

namespace weir {

/// What a task sends to the one that reads from it.
struct small_item {
  enum class kind { record, barrier, end_of_data, end_of_partition };
  kind what = kind::record;
  checkpoint_id checkpoint = 0;
  checkpoint_id base = 0;
};

/// A task that takes part in checkpoints, made of as little as protocol-checkpoint's rules 1.3 to 1.5 need: a
/// source that counts up to a number of records, or a sink that commits in two phases. A task of the second
/// vertex is a sink and reads all that its deployment names.
class small_task {
public:
  using notice = std::variant<trigger_checkpoint, checkpoint_completed, checkpoint_aborted>;
  using draw = std::function<std::size_t(std::size_t below)>;

  small_task(weir::deploy deployment, small_storage& storage, std::uint64_t records);

  /// Begins from what was stored. Returns why it cannot; empty: it can.
  std::string start();

  void on_notice(const notice& heard) { notices_.push_back(heard); }
  void on_item(const attempt_id& producer, const small_item& item) {
    inputs_[producer].items.push_back(item);
  }

  struct turn {
    bool moved = false;
    std::optional<std::variant<acknowledge_checkpoint, decline_checkpoint>> answer;
    bool data_ended = false;
    bool finished = false;
    std::string failure;
  };

  /// One move of those that are possible.
  turn step(const draw& draw);

  /// The next item for the task that reads from this one, which is the only one; nullptr: none.
  [[nodiscard]] const small_item* next_item() const { return outbox_.empty() ? nullptr : &outbox_.front(); }
  void item_taken() { outbox_.pop_front(); }
  [[nodiscard]] const weir::deploy& deployment() const { return deployment_; }

private:
  struct input {
    std::deque<small_item> items;
    bool blocked = false;
    bool data_ended = false;
    bool closed = false;
  };

  struct write {
    checkpoint_id checkpoint = 0;
    checkpoint_id base = 0;
    small_state state;
  };

  [[nodiscard]] bool is_sink() const { return deployment_.attempt.vertex == 1; }
  turn hear();
  turn emit();
  turn read(const draw& draw);
  turn finish_write(const draw& draw);
  turn finish();
  turn align(checkpoint_id checkpoint, checkpoint_id base);
  turn take_if_aligned();
  turn take(checkpoint_id checkpoint, checkpoint_id base);
  void complete(checkpoint_id checkpoint);

  weir::deploy deployment_;
  small_storage& storage_;
  std::uint64_t records_;
  small_state state_;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>
      open_; ///< of a sink: since the last barrier
  std::deque<notice> notices_;
  std::map<attempt_id, input> inputs_;
  std::deque<small_item> outbox_;
  std::optional<write> writing_;
  checkpoint_id aligning_ = 0;
  checkpoint_id aligning_base_ = 0;
  checkpoint_id highest_ = 0; ///< that was taken
  std::set<checkpoint_id> aborted_;
  checkpoint_id completed_ = 0;
  std::set<checkpoint_id> acknowledged_;
  bool ended_ = false;                   ///< its data
  std::optional<checkpoint_id> has_end_; ///< the first taken behind it: all later ones have it too
  bool final_ = false;
  bool partition_ended_ = false;
};

} // namespace weir
