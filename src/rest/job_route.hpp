#pragma once

#include "rest/rest_router.hpp"
#include "rest/rest_services.hpp"
#include "scheduler/job_status.hpp"

#include <functional>

namespace weir {

/// Goes on with what is known of a job, and answers itself when nothing is.
void with_job(const rest_services& services, job_id id, const http_reply& reply,
              std::function<void(const job_details&)> go_on);

/// The same with the job that the path names by ":jobid".
void with_job(const rest_services& services, const rest_call& call, const http_reply& reply,
              std::function<void(const job_details&)> go_on);

} // namespace weir
