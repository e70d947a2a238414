#pragma once

/// All that a job needs. A job library is a source file that includes this and defines WEIR_JOB functions.

#include <weir/arguments.hpp>
#include <weir/broadcast_stream.hpp>
#include <weir/detail/job_entry.hpp>
#include <weir/environment.hpp>
#include <weir/joins.hpp>
#include <weir/keyed_stream.hpp>
#include <weir/sources.hpp>
#include <weir/stream.hpp>
#include <weir/text.hpp>
#include <weir/windows.hpp>
#include <weir/words.hpp>
