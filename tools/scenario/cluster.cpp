#include "cluster.hpp"

namespace weir::scenario {

std::string node_title(unsigned number) {
  return number == master_number ? "master" : "worker " + std::to_string(number);
}

const setting_map& quick_settings() {
  static const setting_map settings{{"heartbeat.interval", "200 ms"},
                                    {"heartbeat.timeout", "2 s"},
                                    {"execution.checkpointing.interval", "100 ms"},
                                    {"restart-strategy.type", "fixed-delay"},
                                    {"restart-strategy.fixed-delay.attempts", "100000"},
                                    {"restart-strategy.fixed-delay.delay", "100 ms"}};
  return settings;
}

} // namespace weir::scenario
