#pragma once

#include "base/ids.hpp"
#include "dataflow/job_graph.hpp"
#include "dataflow/job_spec.hpp"
#include "wire/message_bytes.hpp"

#include "graph.capnp.h"

/// Between the types of `schemas/graph.capnp` and plain values: those that other schemas use too. They are in
/// the namespace of the generated types so that templates find them.
namespace weir::schema {

inline capnp::Text::Reader text(const std::string& from) {
  return {from.c_str(), from.size()};
}

inline capnp::Data::Reader data(const std::string& from) {
  return {reinterpret_cast<const kj::byte*>(from.data()), from.size()};
}

inline void write(Id::Builder to, const random_id& from) {
  to.setHigh(from.high);
  to.setLow(from.low);
}

template <std::derived_from<random_id> To>
To read_id(Id::Reader from) {
  To id;
  id.high = from.getHigh();
  id.low = from.getLow();
  return id;
}

/// Writes `from` into the list `to`, which must have its size.
template <class List, class Range>
void write_list(List to, const Range& from) {
  unsigned index = 0;
  for (const auto& element : from)
    write(to[index++], element);
}

void write(JobSpec::Builder to, const job_spec& from);
job_spec read(JobSpec::Reader from, wire::untrusted_parts& parts);

void write(JobGraph::Builder to, const job_graph& from);
/// Refuses what decode_job_graph refuses.
job_graph read(JobGraph::Reader from, wire::untrusted_parts& parts);

} // namespace weir::schema
