#pragma once

#include <weir/stream.hpp>
#include <weir/text.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What environment::from takes. How far a source has come is part of snapshots: a job that goes on from one
/// reads what came behind it, and no more. Only a socket cannot be read again.
namespace weir {

namespace detail {

struct text_files_source {
  std::string pattern;
  std::size_t max_line_size;
  [[nodiscard]] stream<text> attach(environment& env) const {
    auto node = add_source(env, "text_files", &record_type_of<text>(),
                           [pattern = pattern, max_line_size = max_line_size] {
                             return make_text_files_source(pattern, max_line_size);
                           });
    return stream<text>{upstream::of(&env, node)};
  }
};

struct socket_text_source {
  std::string host;
  std::uint16_t port;
  [[nodiscard]] stream<text> attach(environment& env) const {
    auto node = add_source(env, "socket_text", &record_type_of<text>(),
                           [host = host, port = port] { return make_socket_text_source(host, port); });
    env.graph().nodes[node].fixed_parallelism = 1;
    return stream<text>{upstream::of(&env, node)};
  }
};

struct line_log_source {
  std::string path;
  bool stop_at_end;
  std::size_t max_line_size;
  [[nodiscard]] stream<text> attach(environment& env) const {
    auto node = add_source(env, "line_log", &record_type_of<text>(),
                           [path = path, stop = stop_at_end, max_line_size = max_line_size] {
                             return make_line_log_source(path, stop, max_line_size);
                           });
    env.graph().nodes[node].fixed_parallelism = 1;
    return stream<text>{upstream::of(&env, node)};
  }
};

template <class T>
struct from_elements_source {
  std::shared_ptr<const std::vector<T>> elements;
  [[nodiscard]] stream<T> attach(environment& env) const {
    auto node = add_source(env, "from_elements", &record_type_of<T>(),
                           [elements = elements] { return std::make_unique<elements_source<T>>(elements); });
    env.graph().nodes[node].fixed_parallelism = 1;
    return stream<T>{upstream::of(&env, node)};
  }
};

template <class F>
struct generated_source {
  generate_options options;
  F function;
  [[nodiscard]] auto attach(environment& env) const {
    using out = record_of_t<std::invoke_result_t<F&, std::uint64_t>>;
    using stage = map_stage<identity_stage, F>;
    return pipeline<number_head, out, stage>::begin_source(env, "generate", number_head{options},
                                                           stage{{}, function});
  }
};

} // namespace detail

/// The lines of a file, of the files in a folder and its folders, or of what a glob matches. The bytes are
/// split over the subtasks; they must not change while they are read, nor until a job that goes on from a
/// snapshot has read them. A line of more than `max_line_size` bytes fails the job.
inline detail::text_files_source text_files(std::string pattern,
                                            std::size_t max_line_size = 16 * 1024 * 1024) {
  return {std::move(pattern), max_line_size};
}

/// The lines that arrive on a TCP connection, until the peer closes it. One subtask. What arrived before a
/// failure and was not in a checkpoint is lost: line_log() reads a source that keeps its lines.
inline detail::socket_text_source socket_text(std::string host, std::uint16_t port) {
  return {std::move(host), port};
}

struct line_log_options {
  /// The job ends with the bytes that are there when it begins; a line that has no end then counts as far as
  /// it goes. Otherwise it waits for more, also for the file to be made.
  bool stop_at_end = false;
  std::size_t max_line_size = 16 * 1024 * 1024; ///< bytes; a longer line fails the job
};

/// The lines of a file that others append to, as of a topic that keeps its records. One subtask. A file that
/// becomes shorter fails the job.
inline detail::line_log_source line_log(std::string path, const line_log_options& options = {}) {
  return {std::move(path), options.stop_at_end, options.max_line_size};
}

/// The given records. One subtask.
template <class T>
detail::from_elements_source<T> from_elements(std::vector<T> elements) {
  return {std::make_shared<const std::vector<T>>(std::move(elements))};
}
template <class T>
detail::from_elements_source<T> from_elements(std::initializer_list<T> elements) {
  return from_elements(std::vector<T>{elements});
}

/// `f(0)` to `f(count - 1)`, each subtask a contiguous share; `f` must not keep anything between calls. With
/// a rate, so many records a second from all subtasks together.
template <class F>
detail::generated_source<F> generate(std::uint64_t count, F f, double rate_per_second = 0) {
  static_assert(std::invocable<F&, std::uint64_t>, "generate takes a function of the record's number");
  return {{count, rate_per_second}, std::move(f)};
}

} // namespace weir
