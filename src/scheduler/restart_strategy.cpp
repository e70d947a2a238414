#include "scheduler/restart_strategy.hpp"

#include "base/configuration.hpp"
#include "base/options.hpp"

#include <algorithm>
#include <deque>
#include <random>

namespace weir {

namespace {

class never_restart final : public restart_strategy {
public:
  std::optional<std::chrono::milliseconds> on_failure(time_point) override { return std::nullopt; }
  std::string describe() const override { return "none"; }
};

class fixed_delay_restart final : public restart_strategy {
public:
  explicit fixed_delay_restart(const fixed_delay& settings) : settings_{settings} {}

  std::optional<std::chrono::milliseconds> on_failure(time_point) override {
    if (restarts_ == settings_.attempts)
      return std::nullopt;
    ++restarts_;
    return settings_.delay;
  }

  std::string describe() const override {
    return "fixed delay of " + to_text(settings_.delay) + ", at most " + std::to_string(settings_.attempts) +
           " restarts";
  }

private:
  fixed_delay settings_;
  std::uint32_t restarts_ = 0;
};

class exponential_delay_restart final : public restart_strategy {
public:
  exponential_delay_restart(const exponential_delay& settings, std::uint64_t seed)
      : settings_{settings}, random_{seed}, backoff_{settings.initial} {}

  std::optional<std::chrono::milliseconds> on_failure(time_point now) override {
    // The wait itself is no time in which the job could have failed.
    if (!last_ || now - *last_ >= settings_.reset_after + backoff_) {
      backoff_ = settings_.initial;
      restarts_ = 0;
    } else {
      auto grown = static_cast<double>(backoff_.count()) * settings_.multiplier;
      backoff_ = std::chrono::milliseconds{
          static_cast<std::int64_t>(std::min(grown, static_cast<double>(settings_.max.count())))};
    }
    last_ = now;
    if (settings_.attempts != 0 && restarts_ == settings_.attempts)
      return std::nullopt;
    ++restarts_;
    return jittered();
  }

  std::string describe() const override {
    std::string text =
        "exponential delay from " + to_text(settings_.initial) + " to " + to_text(settings_.max);
    if (settings_.attempts != 0)
      text += ", at most " + std::to_string(settings_.attempts) + " restarts without " +
              to_text(settings_.reset_after) + " in between";
    return text;
  }

private:
  std::chrono::milliseconds jittered() {
    double random = static_cast<double>(random_() >> 11) * 0x1.0p-53; // from 0 to 1
    double factor = 1.0 + settings_.jitter * (2.0 * random - 1.0);
    auto wait =
        std::chrono::milliseconds{static_cast<std::int64_t>(static_cast<double>(backoff_.count()) * factor)};
    return std::min(wait, settings_.max);
  }

  exponential_delay settings_;
  std::mt19937_64 random_;
  std::chrono::milliseconds backoff_;
  std::optional<time_point> last_;
  std::uint32_t restarts_ = 0;
};

class failure_rate_restart final : public restart_strategy {
public:
  explicit failure_rate_restart(const failure_rate& settings) : settings_{settings} {}

  std::optional<std::chrono::milliseconds> on_failure(time_point now) override {
    while (!failures_.empty() && now - failures_.front() > settings_.interval)
      failures_.pop_front();
    if (failures_.size() == settings_.max_failures)
      return std::nullopt;
    failures_.push_back(now);
    return settings_.delay;
  }

  std::string describe() const override {
    return "at most " + std::to_string(settings_.max_failures) + " failures in " +
           to_text(settings_.interval) + ", delay of " + to_text(settings_.delay);
  }

private:
  failure_rate settings_;
  std::deque<time_point> failures_;
};

} // namespace

restart_settings read_restart_settings(const configuration& values, bool checkpointed) {
  auto count = [&](const option<std::int64_t>& of) { return static_cast<std::uint32_t>(values.get(of)); };
  std::string type = values.get(options::restart_strategy_type);
  if (type == "auto")
    type = checkpointed ? "exponential-delay" : "none";
  if (type == "fixed-delay")
    return fixed_delay{.attempts = count(options::restart_fixed_attempts),
                       .delay = values.get(options::restart_fixed_delay)};
  if (type == "exponential-delay")
    return exponential_delay{.initial = values.get(options::restart_exponential_initial),
                             .max = values.get(options::restart_exponential_max),
                             .multiplier = values.get(options::restart_exponential_multiplier),
                             .reset_after = values.get(options::restart_exponential_reset),
                             .jitter = values.get(options::restart_exponential_jitter),
                             .attempts = count(options::restart_exponential_attempts)};
  if (type == "failure-rate")
    return failure_rate{.max_failures = count(options::restart_rate_max),
                        .interval = values.get(options::restart_rate_interval),
                        .delay = values.get(options::restart_rate_delay)};
  return no_restart{};
}

std::unique_ptr<restart_strategy> make_restart_strategy(const restart_settings& settings,
                                                        std::uint64_t seed) {
  struct maker {
    std::uint64_t seed;
    std::unique_ptr<restart_strategy> operator()(const no_restart&) const {
      return std::make_unique<never_restart>();
    }
    std::unique_ptr<restart_strategy> operator()(const fixed_delay& each) const {
      return std::make_unique<fixed_delay_restart>(each);
    }
    std::unique_ptr<restart_strategy> operator()(const exponential_delay& each) const {
      return std::make_unique<exponential_delay_restart>(each, seed);
    }
    std::unique_ptr<restart_strategy> operator()(const failure_rate& each) const {
      return std::make_unique<failure_rate_restart>(each);
    }
  };
  return std::visit(maker{seed}, settings);
}

} // namespace weir
