#include "submission.hpp"

#include "rest/submission_json.hpp"

namespace weir::tools {
namespace {

/// Of a submission whose answer was lost, or whose library the master dropped meanwhile.
constexpr int attempts_max = 3;

result<void> upload_if_missing(rest_client& master, const built_job& job) {
  std::string path =
      "/libraries/" + job.submission.spec.library_hash + "?submission=" + to_string(job.submission.id);
  auto known = master.get(path);
  if (known)
    return {};
  if (known.failure().code() != errc::not_found)
    return known.failure();
  auto stored = master.put_bytes(path, job.library);
  if (!stored)
    return stored.failure().wrap("cannot upload " + job.submission.spec.library_name);
  return {};
}

} // namespace

result<void> submit_job(rest_client& master, const built_job& job) {
  nlohmann::json body = submission_json(job.submission);
  for (int attempt = 1;; ++attempt) {
    if (auto uploaded = upload_if_missing(master, job); !uploaded)
      return uploaded;
    auto accepted = master.post("/jobs", body);
    if (accepted)
      return {};
    errc why = accepted.failure().code();
    bool worth_another = why == errc::not_found || why == errc::unavailable || why == errc::timed_out;
    if (!worth_another || attempt == attempts_max)
      return accepted.failure();
  }
}

} // namespace weir::tools
