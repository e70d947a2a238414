#pragma once

#include "../operators/manual_context.hpp"

#include "simulation/disk_platform.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/codec.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace weir::testing {

/// One attempt of a subtask of a file sink.
class part_sink {
public:
  part_sink(simulation::simulated_disk& disk, manual_context::who of, element_snapshot restored = {},
            const std::string& folder = "out")
      : platform_{disk},
        context_{std::move(of), platform_, std::move(restored)},
        sink_{detail::make_write_text_sink(folder)} {}

  void open() { sink_->open(context_); }

  void write(const std::vector<std::uint64_t>& numbers) {
    const auto& type = detail::record_type_of<std::uint64_t>();
    auto made = type.make_batch(type);
    auto& batch = static_cast<detail::batch<std::uint64_t>&>(*made);
    for (std::uint64_t each : numbers)
      batch.values()[batch.size++] = each;
    sink_->process(0, made);
  }

  /// Adds its states to a snapshot.
  void pass_barrier(std::uint64_t checkpoint, element_snapshot& to) {
    sink_->before_snapshot(checkpoint);
    context_.states().collect(to);
  }
  element_snapshot pass_barrier(std::uint64_t checkpoint) {
    sink_->before_snapshot(checkpoint);
    return context_.snapshot();
  }

  void complete(std::uint64_t checkpoint) { sink_->on_checkpoint_completed(checkpoint); }
  void end() { sink_->end_of_input(0); }
  void discard() { sink_->discard(); }
  void close() { sink_->close(); }
  [[nodiscard]] bool committed() const { return sink_->committed(); }

private:
  simulation::disk_platform platform_;
  manual_context context_;
  std::unique_ptr<detail::stream_operator> sink_;
};

/// An open one.
inline std::unique_ptr<part_sink> opened(simulation::simulated_disk& disk, manual_context::who of,
                                         element_snapshot restored = {}, const std::string& folder = "out") {
  auto made = std::make_unique<part_sink>(disk, std::move(of), std::move(restored), folder);
  made->open();
  return made;
}

} // namespace weir::testing
