#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>

namespace weir::log {

namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};

constexpr spdlog::level::level_enum to_spdlog(level severity) {
  constexpr std::array levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return levels[static_cast<std::size_t>(severity)];
}

class line_sink final : public spdlog::sinks::base_sink<std::mutex> {
public:
  line_sink() { set_node(""); }

  void set_node(const std::string& name) {
    std::string escaped;
    for (char c : name)
      escaped += c == '%' ? std::string{"%%"} : std::string{c};
    set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %-7l " + (name.empty() ? "" : "[" + escaped + "] ") + "%n: %v",
        spdlog::pattern_time_type::utc));
  }

  void set_writer(std::function<void(std::string_view)> write) {
    std::lock_guard lock{mutex_};
    write_ = std::move(write);
  }

protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view text{line.data(), line.size()};
    if (write_)
      write_(text.substr(0, text.size() - 1)); // the formatter ends it with "\n"
    else
      std::fwrite(text.data(), 1, text.size(), stderr);
  }

  void flush_() override {} // standard error has no buffer

private:
  std::function<void(std::string_view)> write_;
};

/// What all loggers of the process share. Never destroyed, because threads log until the process ends.
class shared_logs {
public:
  static shared_logs& get() {
    static auto& logs = *new shared_logs;
    return logs;
  }

  line_sink& sink() { return *sink_; }

  spdlog::logger& logger(const char* name) {
    std::lock_guard lock{mutex_};
    auto& logger = loggers_[name];
    if (!logger) {
      logger = std::make_unique<spdlog::logger>(name, sink_);
      logger->set_level(spdlog::level::trace); // shared_logs::least decides
    }
    return *logger;
  }

  std::atomic<level> least{level::info};

private:
  std::shared_ptr<line_sink> sink_ = std::make_shared<line_sink>();
  std::mutex mutex_;
  std::map<std::string_view, std::unique_ptr<spdlog::logger>> loggers_;
};

bool needs_quotes(std::string_view value) {
  return value.empty() || std::ranges::any_of(value, [](unsigned char c) {
           return c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f;
         });
}

/// Control characters are written as escapes: what a peer sent must not forge a line or drive a terminal.
void append_escaped(std::string& to, std::string_view text) {
  constexpr char hex_digits[] = "0123456789abcdef";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (to += '\\') += c;
    } else if (c == '\n') {
      to += "\\n";
    } else if (byte < ' ' || byte == 0x7f) {
      to += "\\x";
      (to += hex_digits[byte >> 4]) += hex_digits[byte & 0xf];
    } else {
      to += c;
    }
  }
}

} // namespace

void logger::write(level severity, std::string_view phrase, fields with) const {
  if (!writes(severity))
    return;
  std::string line{phrase};
  for (const field& f : with) {
    ((line += ' ') += f.key) += '=';
    if (needs_quotes(f.value)) {
      line += '"';
      append_escaped(line, f.value);
      line += '"';
    } else {
      line += f.value;
    }
  }
  shared_logs::get().logger(name_).log(to_spdlog(severity), spdlog::string_view_t{line});
}

bool set_level(std::string_view name) {
  auto found = std::ranges::find(level_names, name);
  if (found == level_names.end())
    return false;
  shared_logs::get().least = static_cast<level>(found - level_names.begin());
  return true;
}

bool writes(level severity) {
  return severity >= shared_logs::get().least.load(std::memory_order_relaxed);
}

void set_node(const std::string& name) {
  shared_logs::get().sink().set_node(name);
}

void set_writer(std::function<void(std::string_view line)> write) {
  shared_logs::get().sink().set_writer(std::move(write));
}

} // namespace weir::log
