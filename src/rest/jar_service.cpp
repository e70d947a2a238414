#include "rest/jar_service.hpp"

#include <utility>

namespace weir {

jar_service::jar_service(jar_store& store, job_planner& planner, file_system& files, executor& blocking,
                         poster to_server)
    : store_{store},
      planner_{planner},
      files_{files},
      blocking_{blocking},
      to_server_{std::move(to_server)} {}

template <class T, class Work>
void jar_service::run(Work work, callback<T> done) {
  if (*waiting_ >= waiting_max)
    return done(
        error{errc::unavailable, "Too many requests for job libraries are waiting: try again later."});
  ++*waiting_;
  blocking_.run([this, work = std::move(work), done = std::move(done), waiting = waiting_]() mutable {
    result<T> outcome =
        stop_.stop_requested() ? result<T>{error{errc::canceled, "The server is shutting down."}} : work();
    to_server_([done = std::move(done), outcome = std::move(outcome), waiting]() mutable {
      --*waiting;
      done(std::move(outcome));
    });
  });
}

void jar_service::list(callback<std::vector<stored_jar>> done) {
  run<std::vector<stored_jar>>([this] { return store_.list(); }, std::move(done));
}

void jar_service::upload(std::string file_name, std::string bytes, callback<stored_jar> done) {
  run<stored_jar>([this, file_name = std::move(file_name),
                   bytes = std::move(bytes)] { return store_.add(file_name, bytes); },
                  std::move(done));
}

void jar_service::remove(std::string id, callback<void> done) {
  run<void>([this, id = std::move(id)] { return store_.remove(id); }, std::move(done));
}

result<job_submission> jar_service::plan_now(const stored_jar& jar, plan_request request) {
  request.library = store_.path_of(jar);
  request.library_name = jar.name;
  return planner_.plan(request, stop_.get_token());
}

void jar_service::plan(std::string id, plan_request request, callback<job_submission> done) {
  run<job_submission>(
      [this, id = std::move(id), request = std::move(request)]() -> result<job_submission> {
        auto jar = store_.find(id);
        if (!jar)
          return jar.failure();
        return plan_now(*jar, request);
      },
      std::move(done));
}

void jar_service::prepare(std::string id, plan_request request, callback<prepared_job> done) {
  run<prepared_job>(
      [this, id = std::move(id), request = std::move(request)]() -> result<prepared_job> {
        auto jar = store_.find(id);
        if (!jar)
          return jar.failure();
        auto submission = plan_now(*jar, request);
        if (!submission)
          return submission.failure();
        auto bytes = files_.read_all(store_.path_of(*jar), (*jar).size);
        if (!bytes)
          return bytes.failure().wrap("cannot read the library");
        return prepared_job{*std::move(submission), *std::move(bytes)};
      },
      std::move(done));
}

void jar_service::stop() {
  stop_.request_stop();
}

} // namespace weir
