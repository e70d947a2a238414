#include <weir/detail/two_phase_commit.hpp>

#include <weir/detail/codec.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_element.hpp>

#include <algorithm>
#include <utility>

namespace weir::detail {

void two_phase_commit::open(operator_context& context) {
  subtask_ = context.subtask();
  parallelism_ = context.parallelism();
  checkpointed_ = context.checkpoints_enabled();
  state_type type{"weir: prepared", state_kind::operator_union_list, {}, {}, "transaction", {}};
  take_restored(context.states().add_elements(type, this, &collect));
  // Before the fence an earlier attempt could prepare what is then taken for a leftover of this one. Before
  // the commits the listed transactions would be taken for leftovers.
  output_.fence();
  has_leftovers_ = true;
  if (context.goes_back())
    if (std::string shows = output_.committed_since_snapshot(); !shows.empty())
      throw cannot_go_back{shows};
  for (; !prepared_.empty(); prepared_.pop_front())
    output_.commit(prepared_.front().handle);
  if (!context.goes_back())
    abort_leftovers();
}

void two_phase_commit::abort_leftovers() {
  if (std::exchange(has_leftovers_, false))
    output_.abort_leftovers();
}

void two_phase_commit::take_restored(const std::vector<std::string>& elements) {
  for (const std::string& bytes : elements) {
    transaction each;
    if (std::string fault = read_element(bytes, each); !fault.empty())
      throw state_error{"the snapshot of what a sink has prepared cannot be read: " + fault};
    if (each.subtask % parallelism_ == subtask_)
      prepared_.push_back(std::move(each));
  }
  std::ranges::stable_sort(prepared_, {}, &transaction::checkpoint);
}

void two_phase_commit::begin() {
  if (!is_open_)
    output_.begin();
  is_open_ = true;
}

void two_phase_commit::before_snapshot(std::uint64_t checkpoint) {
  if (checkpointed_)
    prepare(checkpoint);
}

void two_phase_commit::prepare(std::uint64_t checkpoint) {
  if (!is_open_)
    return;
  prepared_.push_back({subtask_, checkpoint, output_.prepare()});
  is_open_ = false;
}

void two_phase_commit::on_checkpoint_completed(std::uint64_t checkpoint) {
  abort_leftovers();
  for (; !prepared_.empty() && prepared_.front().checkpoint <= checkpoint; prepared_.pop_front())
    output_.commit(prepared_.front().handle);
}

void two_phase_commit::end_of_input() {
  if (checkpointed_)
    return;
  prepare(0);
  on_checkpoint_completed(0);
}

void two_phase_commit::discard() {
  abort_leftovers();
  for (; !prepared_.empty(); prepared_.pop_front())
    output_.abort(prepared_.front().handle);
}

void two_phase_commit::collect(void* of, std::vector<std::string>& to) {
  for (const transaction& each : static_cast<two_phase_commit*>(of)->prepared_)
    append_element(to.emplace_back(), each);
}

} // namespace weir::detail
