#include "program_options.hpp"

#include "base/log.hpp"
#include "base/options.hpp"
#include "base/version.hpp"
#include "build_commit.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

namespace weir::tools {

program_options::program_options(CLI::App& app) {
  app.add_option("--config", file_, "Configuration file (YAML, flat or nested keys)")->type_name("FILE");
  app.add_option("-D", overrides_, "Sets a configuration key; wins over the file")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--log-level", log_level_, "Least severe log lines: trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  app.set_version_flag("--version", "weir " + std::string{version()} + " (" WEIR_BUILD_COMMIT ")");
}

result<configuration> program_options::load(platform& environment) const {
  auto overrides = overrides_;
  if (!log_level_.empty())
    overrides.push_back(std::string{options::log_level.key} + '=' + log_level_);
  auto settings = configuration::load(environment.files(), file_, overrides);
  if (!settings)
    return settings;
  for (const std::string& warning : settings->warnings())
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  log::set_level(settings->get(options::log_level));
  return settings;
}

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& wish) {
    return app.exit(wish);
  } catch (const CLI::CallForAllHelp& wish) {
    return app.exit(wish);
  } catch (const CLI::CallForVersion& wish) {
    return app.exit(wish);
  } catch (const CLI::ParseError& wrong) {
    std::cerr << app.get_name() << ": " << wrong.what() << "\nRun \"" << app.get_name()
              << " --help\" for the options.\n";
    return exit_wrong_usage;
  }
  return std::nullopt;
}

void print_error(const std::string& program, const std::string& sentence) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(), sentence.c_str());
}

} // namespace weir::tools
