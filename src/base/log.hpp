#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

/// The one door to the logs.
///
///   log::scheduler.info("job runs", {{"job", id}, {"tasks", count}});
///   2026-11-21T06:20:59.123Z info  [master] scheduler: job runs job=4f…e1 tasks=4
///
/// The phrase is fixed, so that it can be searched for; what differs goes into fields. info: something began
/// or ended; warn: went wrong and was put right; error: a person must act. Never per record. Return an error
/// or log it, not both.
///
/// Lines go to standard error. All functions may be called from any thread.
namespace weir::log {

/// key=value behind the phrase. Values that could be mistaken for something else are quoted, and each line
/// stays one.
struct field {
  std::string_view key;
  std::string value;

  field(std::string_view k, std::string_view v) : key{k}, value{v} {}
  field(std::string_view k, const std::string& v) : key{k}, value{v} {}
  field(std::string_view k, const char* v) : key{k}, value{v} {}
  field(std::string_view k, bool v) : key{k}, value{v ? "true" : "false"} {}

  /// Numbers, and whatever has a to_string: ids, states, addresses.
  template <class T>
  requires(!std::convertible_to<const T&, std::string_view>) field(std::string_view k, const T& v) : key{k} {
    using std::to_string;
    value = to_string(v);
  }
};

enum class level { trace, debug, info, warn, error, off };

using fields = std::initializer_list<field>;

/// Writes lines in the name of one part of the engine.
class logger {
public:
  constexpr explicit logger(const char* name) : name_{name} {}

  void trace(std::string_view phrase, fields with = {}) const { write(level::trace, phrase, with); }
  void debug(std::string_view phrase, fields with = {}) const { write(level::debug, phrase, with); }
  void info(std::string_view phrase, fields with = {}) const { write(level::info, phrase, with); }
  void warn(std::string_view phrase, fields with = {}) const { write(level::warn, phrase, with); }
  void error(std::string_view phrase, fields with = {}) const { write(level::error, phrase, with); }

private:
  void write(level severity, std::string_view phrase, fields with) const;

  const char* name_;
};

inline constexpr logger node{"node"}; ///< start, configuration and end of a process
inline constexpr logger rest{"rest"};
inline constexpr logger state{"state"};
inline constexpr logger scheduler{"scheduler"};
inline constexpr logger actors{"actors"};
inline constexpr logger task{"task"};
inline constexpr logger connectors{"connectors"};

/// Sets the least severe level that is written: a value of the option log.level. At first it is "info".
/// Returns false, and changes nothing, for any other name.
bool set_level(std::string_view name);

/// Whether lines of that level are written.
bool writes(level severity);

/// Names this process in every line: "worker 10.0.0.7:4021-a1b2c3".
void set_node(const std::string& name);

/// Gives each line, without its end, to `write` instead of standard error. An empty function undoes it.
/// `write` is called by one thread at a time and must not log.
void set_writer(std::function<void(std::string_view line)> write);

} // namespace weir::log
