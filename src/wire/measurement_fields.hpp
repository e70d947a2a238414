#pragma once

#include "wire/message_bytes.hpp"
#include "wire/task_measurements.hpp"

#include "control.capnp.h"

/// Between the part of `schemas/control.capnp` that tells of accumulators and metrics, and plain values.
namespace weir::schema {

void write(Measurements::Builder to, const task_measurements& from);
measurements_ptr read(Measurements::Reader from, wire::untrusted_parts& parts);

} // namespace weir::schema
