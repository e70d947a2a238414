#pragma once

#include "wire/checkpoint_messages.hpp"
#include "wire/control_fields.hpp"

/// The parts of checkpoint messages between the types of `schemas/control.capnp` and plain values.
namespace weir::schema {

inline void write(SnapshotHandle::Builder to, const snapshot_handle& from) {
  to.setPath(text(from.path));
  to.setSize(from.size);
  to.setBase(from.base);
  to.setWritten(from.written);
}

inline snapshot_handle read(SnapshotHandle::Reader from, wire::untrusted_parts& parts) {
  return {parts.text(from.getPath()), from.getSize(), from.getBase(), from.getWritten()};
}

inline void write(CheckpointTimings::Builder to, const checkpoint_timings& from) {
  to.setStartDelayMs(from.start_delay_ms);
  to.setAlignmentMs(from.alignment_ms);
  to.setSyncMs(from.sync_ms);
  to.setAsyncMs(from.async_ms);
}

inline checkpoint_timings read(CheckpointTimings::Reader from) {
  return {from.getStartDelayMs(), from.getAlignmentMs(), from.getSyncMs(), from.getAsyncMs()};
}

inline void write(RestoredState::Builder to, const restored_state& from) {
  to.setCheckpoint(from.checkpoint);
  to.setGoesBack(from.goes_back);
  auto operators = to.initOperators(static_cast<unsigned>(from.operators.size()));
  for (unsigned o = 0; o < operators.size(); ++o) {
    write(operators[o].initOperator(), from.operators[o].of);
    const auto& of = from.operators[o].chains;
    auto chains = operators[o].initChains(static_cast<unsigned>(of.size()));
    for (unsigned c = 0; c < chains.size(); ++c) {
      auto files = chains[c].initFiles(static_cast<unsigned>(of[c].size()));
      for (unsigned f = 0; f < files.size(); ++f)
        files.set(f, text(of[c][f]));
    }
  }
}

inline restored_state read(RestoredState::Reader from, wire::untrusted_parts& parts) {
  auto read_chain = [&](Chain::Reader chain) {
    return parts.list(chain.getFiles(), [&](capnp::Text::Reader file) { return parts.text(file); });
  };
  return {from.getCheckpoint(), from.getGoesBack(),
          parts.list(from.getOperators(), [&](RestoredOperator::Reader of) {
            return restored_operator{read_id<operator_id>(of.getOperator()),
                                     parts.list(of.getChains(), read_chain)};
          })};
}

} // namespace weir::schema
