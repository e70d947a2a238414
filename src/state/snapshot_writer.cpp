#include "state/snapshot_writer.hpp"

#include <weir/detail/state_value.hpp>

#include <utility>

namespace weir {

namespace {

class cuts_writer {
public:
  cuts_writer(snapshot_file_writer& file, const std::string& path, std::stop_token stop)
      : file_{file}, path_{path}, stop_{std::move(stop)} {}

  result<void> write(operator_state_cut& cuts) {
    for (auto& state : cuts.keyed_states) {
      if (auto done = write(*state.cut); !done)
        return done;
      state.cut.reset(); // what the table keeps for it is needed no more
      ++state_;
    }
    for (const auto& state : cuts.operator_states) {
      if (auto done = write(state.elements); !done)
        return done;
      ++state_;
    }
    return {};
  }

private:
  result<void> write(detail::state_cut& cut) {
    try {
      block_.clear();
      while (cut.next(block_)) {
        if (auto done = add(); !done)
          return done;
      }
      return {};
    } catch (const detail::state_error& failure) { // a cold store's way to say that it cannot be read
      return error{errc::io_failed, failure.what()};
    }
  }

  result<void> write(const std::vector<std::string>& elements) {
    block_.clear();
    block_.key_group = 0;
    for (const std::string& element : elements) {
      detail::append_to_column(block_.values, element);
      ++block_.entries;
      if (block_.size() >= detail::state_block::size_wanted)
        if (auto done = add(); !done)
          return done;
    }
    return add();
  }

  result<void> add() {
    if (stop_.stop_requested())
      return error{errc::canceled, "the snapshot " + path_ + " is not wanted any more"};
    auto done = file_.add(state_, block_);
    block_.clear();
    return done;
  }

  snapshot_file_writer& file_;
  const std::string& path_;
  std::stop_token stop_;
  std::uint32_t state_ = 0;
  detail::state_block block_;
};

} // namespace

result<snapshot_report> write_snapshot(platform& platform, const std::string& path, snapshot_head head,
                                       std::vector<operator_state_cut> cuts, const snapshot_options& options,
                                       std::stop_token stop, byte_listener listener) {
  time_point start = platform.clock().now();
  head.states.clear();
  for (const operator_state_cut& cut : cuts) {
    for (const auto& state : cut.keyed_states)
      head.states.push_back({cut.of, state.type});
    for (const auto& state : cut.operator_states)
      head.states.push_back({cut.of, state.type});
  }
  auto file =
      snapshot_file_writer::create(platform.files(), path, std::move(head), options, std::move(listener));
  if (!file)
    return file.failure();
  cuts_writer writer{**file, path, std::move(stop)};
  for (operator_state_cut& cut : cuts)
    if (auto done = writer.write(cut); !done)
      return done.failure();
  time_point written = platform.clock().now();
  auto size = (*file)->finish();
  if (!size)
    return size.failure();
  return snapshot_report{*size, written - start, platform.clock().now() - written};
}

} // namespace weir
