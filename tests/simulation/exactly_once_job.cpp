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

using failure_countdown = std::shared_ptr<std::optional<std::uint64_t>>;

void throw_if_due(const failure_countdown& records_left, const numbered& each) {
  if (!*records_left || (**records_left)-- > 0)
    return;
  records_left->reset();
  throw std::runtime_error{"user code fails at " + std::to_string(each.n)};
}

struct count_per_key {
  failure_countdown records_left;
  value_state<std::uint64_t> count;

  void open(keyed_function_context<std::uint64_t>& context) {
    count = context.state(value<std::uint64_t>("count"));
  }
  void process(const numbered& each, collector<numbered>& out) {
    throw_if_due(records_left, each);
    out.emit(each.n, each.key, ++count.change());
  }
};

} // namespace

exactly_once_job::exactly_once_job(form how, std::uint64_t records, std::uint64_t keys, double rate,
                                   std::string output)
    : simulated_job{"exactly_once"},
      form_{how},
      records_{records},
      keys_{how == form::regions ? records : keys},
      rate_{rate},
      output_{std::move(output)},
      records_left_{std::make_shared<std::optional<std::uint64_t>>()} {}

result<std::shared_ptr<const detail::stream_graph>> exactly_once_job::build(const std::string&,
                                                                            const job_spec&) {
  auto env = std::make_shared<environment>();
  env->name("exactly_once");
  auto numbers = env->from(generate(
                               records_,
                               [keys = keys_](std::uint64_t n) {
                                 return numbered{n, n % keys, 1};
                               },
                               rate_))
                     .name("numbers");
  if (form_ == form::regions)
    numbers
        .process<numbered>([left = records_left_](const numbered& each, auto& out) {
          throw_if_due(left, each);
          out.emit(each);
        })
        .write_text(output_);
  else
    numbers.key_by(&numbered::key)
        .process<numbered>(count_per_key{records_left_, {}})
        .name("count")
        .key_by(&numbered::n)
        .process<numbered>([](const numbered& each, auto& out) { out.emit(each); })
        .name("spread")
        .write_text(output_);
  return std::shared_ptr<const detail::stream_graph>{env, &env->graph()};
}

} // namespace weir::simulation
