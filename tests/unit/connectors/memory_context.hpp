#pragma once

#include "base/platform.hpp"
#include "operators/operator_metrics_store.hpp"
#include "state/operator_state_registry.hpp"

#include <weir/detail/operator.hpp>
#include <weir/detail/record_type.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A folder that is gone after the test.
class temporary_folder {
public:
  temporary_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "weir-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  temporary_folder(const temporary_folder&) = delete;
  ~temporary_folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string path(const std::string& name = {}) const {
    return name.empty() ? path_ : path_ + '/' + name;
  }

  void write(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories(std::filesystem::path{path(name)}.parent_path());
    std::ofstream{path(name), std::ios::binary} << content;
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file{path(name), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  [[nodiscard]] std::vector<std::string> names(bool with_hidden = false) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator{path_})
      if (std::string name = entry.path().filename(); with_hidden || name.front() != '.')
        found.push_back(name);
    std::sort(found.begin(), found.end());
    return found;
  }

private:
  std::string path_;
};

/// Keeps what an operator emits, as the lines of its text form.
class line_output final : public weir::detail::output {
public:
  void emit(weir::detail::batch_ptr& records) override {
    for (std::uint32_t i = 0; i < records->size; ++i) {
      lines.emplace_back();
      records->type->format(*records, i, lines.back());
    }
    ++batches;
  }

  std::vector<std::string> lines;
  std::size_t batches = 0;
};

/// The task of one operator that is tested alone.
class memory_context final : public weir::detail::operator_context {
public:
  memory_context(std::uint32_t subtask, std::uint32_t parallelism, std::string job = "job-1")
      : subtask_{subtask}, parallelism_{parallelism}, job_{std::move(job)} {}

  [[nodiscard]] std::uint32_t subtask() const override { return subtask_; }
  [[nodiscard]] std::uint32_t parallelism() const override { return parallelism_; }
  [[nodiscard]] std::uint32_t max_parallelism() const override { return 128; }
  [[nodiscard]] std::uint64_t attempt() const override { return 1; }
  [[nodiscard]] const std::string& job() const override { return job_; }
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& id() const override { return name_; }
  [[nodiscard]] weir::platform& platform() override { return *platform_; }
  [[nodiscard]] std::int64_t monotonic_ms() override { return 0; }
  [[nodiscard]] std::int64_t wall_ms() override { return 0; }
  void wake_at(std::int64_t wall_ms) override { woken_at = wall_ms; }
  [[nodiscard]] bool canceled() const override { return false; }
  [[nodiscard]] weir::detail::output* out() override { return &output; }
  [[nodiscard]] weir::detail::output* side_out(std::uint32_t number) override { return &sides[number]; }
  void emit_watermark(weir::detail::event_time time) override { watermarks.push_back(time); }
  void set_idle() override { idle = true; }
  [[nodiscard]] weir::detail::operator_states& states() override { return *states_; }
  [[nodiscard]] weir::operator_metrics_store& metrics() override { return metrics_; }
  void add_result(std::string_view name, std::string_view value) override {
    results[std::string{name}] += value;
  }

  line_output output;
  std::map<std::uint32_t, line_output> sides;
  std::vector<weir::detail::event_time> watermarks;
  bool idle = false;
  std::optional<std::int64_t> woken_at;
  std::map<std::string, std::string> results;

private:
  std::uint32_t subtask_;
  std::uint32_t parallelism_;
  std::string job_;
  std::string name_ = "operator under test";
  std::unique_ptr<weir::platform> platform_ = weir::make_system_platform();
  std::unique_ptr<weir::operator_state_registry> states_ = std::move(*weir::operator_state_registry::make(
      {.who = {.name = name_, .subtask = subtask_, .parallelism = parallelism_, .max_parallelism = 128}}));
  weir::operator_metrics_store metrics_{platform_->clock()};
};

/// Polls a source until it has ended; its lines are in the context's output.
inline void run_source(weir::detail::source_operator& source, memory_context& context) {
  using status = weir::detail::source_operator::status;
  source.open(context);
  while (source.poll() != status::ended) {
  }
  source.flush();
  source.close();
}
