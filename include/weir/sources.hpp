#pragma once

#include <weir/stream.hpp>
#include <weir/text.hpp>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What environment::from takes.
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
/// split over the subtasks; they must not change while they are read. A line of more than `max_line_size`
/// bytes fails the job.
inline detail::text_files_source text_files(std::string pattern,
                                            std::size_t max_line_size = 16 * 1024 * 1024) {
  return {std::move(pattern), max_line_size};
}

/// The lines that arrive on a TCP connection, until the peer closes it. One subtask.
inline detail::socket_text_source socket_text(std::string host, std::uint16_t port) {
  return {std::move(host), port};
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
