#include "simulation/exactly_once_job.hpp"

#include <weir/weir.hpp>

#include <stdexcept>
#include <utility>

namespace weir::simulation {

namespace {

struct numbered {
  std::uint64_t n;
  std::uint64_t key;
  std::uint64_t count;
};

struct count_per_key {
  std::shared_ptr<std::optional<std::uint64_t>> records_left;
  value_state<std::uint64_t> count;

  void open(keyed_function_context<std::uint64_t>& context) {
    count = context.state(value<std::uint64_t>("count"));
  }
  void process(const numbered& each, collector<numbered>& out) {
    if (*records_left && (**records_left)-- == 0) {
      records_left->reset();
      throw std::runtime_error{"user code fails at " + std::to_string(each.n)};
    }
    out.emit(each.n, each.key, ++count.change());
  }
};

} // namespace

exactly_once_job::exactly_once_job(std::uint64_t records, std::uint64_t keys, double rate, std::string output)
    : simulated_job{"exactly_once"},
      records_{records},
      keys_{keys},
      rate_{rate},
      output_{std::move(output)},
      records_left_{std::make_shared<std::optional<std::uint64_t>>()} {}

result<std::shared_ptr<const detail::stream_graph>> exactly_once_job::build(const std::string&,
                                                                            const job_spec&) {
  auto env = std::make_shared<environment>();
  env->name("exactly_once");
  env->from(generate(
                records_,
                [keys = keys_](std::uint64_t n) {
                  return numbered{n, n % keys, 0};
                },
                rate_))
      .name("numbers")
      .key_by(&numbered::key)
      .process<numbered>(count_per_key{records_left_, {}})
      .name("count")
      .key_by(&numbered::n)
      .process<numbered>([](const numbered& each, auto& out) { out.emit(each); })
      .name("spread")
      .write_text(output_);
  return std::shared_ptr<const detail::stream_graph>{env, &env->graph()};
}

} // namespace weir::simulation
