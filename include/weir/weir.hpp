#pragma once

/// All that a job needs. A job library is a source file that includes this and defines WEIR_JOB functions.

#include <weir/arguments.hpp>
#include <weir/async.hpp>
#include <weir/broadcast_stream.hpp>
#include <weir/connected_streams.hpp>
#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>
#include <weir/function_context.hpp>
#include <weir/joins.hpp>
#include <weir/keyed_stream.hpp>
#include <weir/metrics.hpp>
#include <weir/operator_state.hpp>
#include <weir/parse_line.hpp>
#include <weir/process_context.hpp>
#include <weir/restarts.hpp>
#include <weir/side_output.hpp>
#include <weir/sources.hpp>
#include <weir/state.hpp>
#include <weir/stream.hpp>
#include <weir/text.hpp>
#include <weir/transactions.hpp>
#include <weir/watermarks.hpp>
#include <weir/windows.hpp>
#include <weir/words.hpp>
