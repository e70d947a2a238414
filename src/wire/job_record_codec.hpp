#pragma once

#include "base/result.hpp"
#include "wire/job_record.hpp"
#include "wire/sealed_bytes.hpp"

#include <span>
#include <string>
#include <vector>

namespace weir {

inline constexpr sealed_format job_record_format{"weir-job", 1, "job record"};

/// The bytes of the file of a record, which has a graph: `schemas/job_record.capnp`, sealed.
std::vector<char> encode_job_record(const job_record& record);

/// Any bytes are allowed; errors are `corrupt` and name file and byte. The graph of what comes back is as
/// from decode_job_graph; a record has an end if it is of an ended job, with id, specification and graph of
/// the record.
result<job_record> decode_job_record(std::span<const char> bytes, const std::string& path);

} // namespace weir
