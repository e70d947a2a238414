#include "dataflow/code_settings.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

namespace weir {

namespace {

class settings_writer {
public:
  void operator()(const no_restart&) { put(options::restart_strategy_type, std::string{"none"}); }

  void operator()(const fixed_delay& how) {
    put(options::restart_strategy_type, std::string{"fixed-delay"});
    put(options::restart_fixed_attempts, std::int64_t{how.attempts});
    put(options::restart_fixed_delay, how.delay);
  }

  void operator()(const exponential_delay& how) {
    put(options::restart_strategy_type, std::string{"exponential-delay"});
    put(options::restart_exponential_initial, how.initial);
    put(options::restart_exponential_max, how.max);
    put(options::restart_exponential_multiplier, how.multiplier);
    put(options::restart_exponential_reset, how.reset_after);
    put(options::restart_exponential_jitter, how.jitter);
    put(options::restart_exponential_attempts, std::int64_t{how.attempts});
  }

  void operator()(const failure_rate& how) {
    put(options::restart_strategy_type, std::string{"failure-rate"});
    put(options::restart_rate_max, std::int64_t{how.max_failures});
    put(options::restart_rate_interval, how.interval);
    put(options::restart_rate_delay, how.delay);
  }

  template <class T>
  void put(const option<T>& of, const T& value) {
    if (auto set = values_.set(of.key, to_text(value), "the job's code"); !set && sound_)
      sound_ = set.failure();
  }

  result<std::map<std::string, std::string>> written() {
    if (sound_)
      sound_ = check_together(values_);
    if (!sound_)
      return sound_.failure();
    return std::map<std::string, std::string>{values_.values().begin(), values_.values().end()};
  }

private:
  configuration values_;
  result<void> sound_;
};

} // namespace

result<std::map<std::string, std::string>> settings_of(const detail::stream_graph& code) {
  settings_writer to;
  if (code.checkpoint_interval)
    to.put(options::checkpointing_interval, *code.checkpoint_interval);
  if (code.restart)
    std::visit(to, *code.restart);
  return to.written();
}

} // namespace weir
