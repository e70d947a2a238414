#include "job_runner.hpp"

#include "actors/local_cluster.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/options.hpp"
#include "base/platform.hpp"
#include "dataflow/job_code.hpp"
#include "dataflow/job_library.hpp"

#include <stdexcept>
#include <utility>

namespace bench {

namespace {

template <class T>
T value_of(weir::result<T> made) {
  if (!made)
    throw std::runtime_error{made.failure().message()};
  return std::move(*made);
}

weir::configuration one_slot() {
  weir::log::set_level("warn");
  weir::configuration settings;
  settings.set(weir::options::taskmanager_slots, 1);
  return settings;
}

} // namespace

class job_runner::body {
public:
  explicit body(const std::string& path)
      : bytes_{value_of(platform_->files().read_all(path, weir::job_library_bytes_max))},
        library_{value_of(weir::job_library::load(*platform_, path))},
        cluster_{value_of(weir::actors::local_cluster::start(*platform_, one_slot()))} {}

  std::uint64_t run(const std::string& job, const std::vector<std::string>& arguments) {
    weir::job_submission submission{{{platform_->random().next(), platform_->random().next()}}, {}, {}};
    submission.spec.name = job;
    submission.spec.library_hash = weir::sha256_hex(bytes_);
    submission.spec.function = job;
    submission.spec.arguments = arguments;
    submission.spec.parallelism = 1;
    auto graph = weir::compile(*value_of(library_->build(submission.spec)),
                               value_of(weir::compile_options_of(submission.spec)));
    submission.graph = std::make_shared<const weir::job_graph>(value_of(std::move(graph)));
    submission.spec.fingerprint = weir::fingerprint(*submission.graph);
    auto ended = value_of(cluster_->run(std::move(submission), {bytes_.begin(), bytes_.end()}));
    if (ended.summary.state != weir::job_state::finished)
      throw std::runtime_error{job + " ended " + std::string{to_string(ended.summary.state)} +
                               (ended.failures.empty() ? "" : ": " + ended.failures.back().cause)};
    for (const auto& result : ended.results)
      if (result.name == "checksum")
        return std::stoull(result.value);
    throw std::runtime_error{job + " collected no checksum"};
  }

private:
  std::unique_ptr<weir::platform> platform_ = weir::make_system_platform();
  std::string bytes_;
  std::shared_ptr<const weir::job_library> library_;
  std::unique_ptr<weir::actors::local_cluster> cluster_;
};

job_runner::job_runner(std::string library) : body_{std::make_unique<body>(library)} {}
job_runner::~job_runner() = default;

std::uint64_t job_runner::run(const std::string& job, const std::vector<std::string>& arguments) {
  return body_->run(job, arguments);
}

} // namespace bench
