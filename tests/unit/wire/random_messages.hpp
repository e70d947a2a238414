#pragma once

#include "dataflow/job_graph.hpp"
#include "wire/completed_checkpoint.hpp"
#include "wire/control_messages.hpp"
#include "wire/job_record.hpp"

#include <weir/detail/histogram.hpp>

#include <concepts>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

/// Messages of every kind with random contents, from a seed.
class random_messages {
public:
  explicit random_messages(std::uint64_t seed) : random_{seed} {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  /// A message of the kind with that index in the variant.
  weir::control_message message(std::size_t kind) {
    weir::control_message message;
    emplace(message, kind, std::make_index_sequence<std::variant_size_v<weir::control_message>>{});
    return message;
  }

  weir::job_spec spec() { return filled<weir::job_spec>(); }

  /// Safe to schedule: see decode_job_graph.
  weir::job_graph graph() {
    weir::job_graph graph;
    fill(graph.name);
    graph.buffer_timeout_ms = static_cast<std::int64_t>(below(100)) - 1;
    graph.watermark_interval_ms = static_cast<std::int64_t>(below(1000));
    if (auto chosen = below(3); chosen != 0)
      graph.backend = chosen == 1 ? weir::state_backend::hashmap : weir::state_backend::leveldb;
    for (std::uint64_t i = 1 + below(6); i != 0; --i)
      graph.vertices.push_back(vertex());
    for (std::uint64_t i = graph.vertices.size() > 1 ? below(6) : 0; i != 0; --i)
      graph.edges.push_back(edge(graph));
    return graph;
  }

  /// Possible in itself: see decode_checkpoint. Some files are below `home`.
  weir::completed_checkpoint checkpoint(const std::string& home) {
    weir::completed_checkpoint checkpoint;
    fill(checkpoint.job), fill(checkpoint.job_name), fill(checkpoint.triggered_wall_ms),
        fill(checkpoint.completed_wall_ms), fill(checkpoint.written_size);
    checkpoint.id = 1 + below(1000);
    checkpoint.kind = static_cast<weir::checkpoint_kind>(below(3));
    for (std::uint64_t i = below(4); i != 0; --i) {
      auto& vertex = checkpoint.vertices.emplace_back();
      fill(vertex.id), fill(vertex.name), fill(vertex.operators);
      vertex.subtasks.resize(1 + below(4));
      vertex.max_parallelism = static_cast<std::uint32_t>(vertex.subtasks.size() + below(100));
      for (auto& subtask : vertex.subtasks) {
        subtask.progress = static_cast<weir::subtask_progress>(below(2));
        subtask.chain.resize(below(4));
        for (auto& file : subtask.chain) {
          fill(file.size), fill(file.written);
          file.path = (below(3) == 0 ? "/elsewhere" : home) + "/file-" + std::to_string(below(1000));
          file.base = &file == &subtask.chain.front() ? 0 : 1 + below(100);
        }
      }
    }
    return checkpoint;
  }

  /// A record has its end if its job has ended.
  weir::job_record record() {
    weir::job_record record;
    record.id.low = 1 + below(1000);
    record.spec = spec();
    record.graph = std::make_shared<const weir::job_graph>(graph());
    record.state = static_cast<weir::record_state>(below(3));
    if (record.state == weir::record_state::ended) {
      weir::job_details end;
      fill(end.summary), fill(end.entered_wall_ms), fill(end.vertices), fill(end.failures), fill(end.results);
      end.summary.id = record.id;
      end.spec = record.spec;
      end.graph = record.graph;
      end.results_dropped = below(2) == 0;
      record.end = std::make_shared<const weir::job_details>(std::move(end));
      if (below(2) == 0) {
        fill(record.checkpoints.emplace().directory);
        record.checkpoints->retained = below(2) == 0;
      }
    }
    return record;
  }

private:
  template <std::size_t... I>
  void emplace(weir::control_message& message, std::size_t kind, std::index_sequence<I...>) {
    ((I == kind ? fill(message.emplace<I>()) : void()), ...);
  }

  weir::job_vertex vertex() {
    weir::job_vertex vertex;
    fill(vertex.id), fill(vertex.name), fill(vertex.slot_sharing_group);
    vertex.max_parallelism = static_cast<std::uint32_t>(1 + below(32768));
    vertex.parallelism = static_cast<std::uint32_t>(1 + below(std::min(vertex.max_parallelism, 64u)));
    for (std::uint32_t i = 0; i == 0 || below(3) != 0; ++i) {
      auto& one = vertex.operators.emplace_back();
      fill(one.id), fill(one.node), fill(one.name), fill(one.uid), fill(one.kind);
      for (std::uint32_t input = 0; input < i; ++input)
        if (below(2) == 0)
          one.inputs.emplace_back(input, static_cast<std::uint32_t>(below(3)));
    }
    return vertex;
  }

  weir::job_edge edge(const weir::job_graph& graph) {
    weir::job_edge edge;
    fill(edge.from_output), fill(edge.input), fill(edge.graph_edge), fill(edge.record),
        fill(edge.record_layout);
    edge.from_vertex = static_cast<std::uint32_t>(below(graph.vertices.size() - 1));
    edge.to_vertex = static_cast<std::uint32_t>(edge.from_vertex + 1 +
                                                below(graph.vertices.size() - edge.from_vertex - 1));
    const auto& from = graph.vertices[edge.from_vertex];
    const auto& to = graph.vertices[edge.to_vertex];
    edge.from_operator = static_cast<std::uint32_t>(below(from.operators.size()));
    edge.to_operator = static_cast<std::uint32_t>(below(to.operators.size()));
    edge.how = static_cast<weir::detail::partitioning>(below(7));
    if (edge.how == weir::detail::partitioning::forward && from.parallelism != to.parallelism)
      edge.how = weir::detail::partitioning::rebalance;
    return edge;
  }

  template <class T>
  T filled() {
    T value{};
    fill(value);
    return value;
  }

  template <std::integral T>
  void fill(T& value) {
    switch (below(4)) {
    case 0:
      value = std::numeric_limits<T>::max();
      break;
    case 1:
      value = static_cast<T>(below(3));
      break;
    default:
      value = static_cast<T>(random_());
    }
  }

  /// Mostly short; any bytes, zeros included.
  void fill(std::string& value) {
    value.resize(below(10) == 0 ? below(2000) : below(20));
    for (char& c : value)
      c = static_cast<char>(below(256));
  }

  template <class T>
  void fill(std::vector<T>& values) {
    for (std::uint64_t i = below(5); i != 0; --i)
      values.push_back(filled<T>());
  }

  template <class T>
  void fill(std::optional<T>& value) {
    if (below(2) == 0)
      value = filled<T>();
  }

  template <class Key, class Value>
  void fill(std::map<Key, Value>& values) {
    for (std::uint64_t i = below(5); i != 0; --i)
      values.emplace(filled<Key>(), filled<Value>());
  }

  template <std::derived_from<weir::random_id> Id>
  void fill(Id& id) {
    fill(id.high), fill(id.low);
  }

  void fill(weir::task_state& state) { state = static_cast<weir::task_state>(below(9)); }
  void fill(weir::job_state& state) { state = static_cast<weir::job_state>(below(9)); }
  void fill(weir::leader_epoch& epoch) { fill(epoch.value); }
  void fill(double& value) { value = static_cast<double>(random_()) / 1e6; }

  void fill(weir::detail::histogram_counts& counts) {
    fill(counts.count), fill(counts.sum), fill(counts.min), fill(counts.max), fill(counts.buckets);
    constexpr auto last = weir::detail::last_bucket;
    counts.first = static_cast<std::int32_t>(below(2 * last - counts.buckets.size() + 2)) - last;
  }

  void fill(weir::detail::accumulator_value& value) {
    fill(value.name), fill(value.integer), fill(value.number), fill(value.count);
    value.kind = static_cast<weir::detail::accumulator_kind>(below(8));
    if (value.kind == weir::detail::accumulator_kind::histogram)
      fill(value.histogram);
  }

  void fill(weir::detail::metric_value& metric) {
    fill(metric.name), fill(metric.value), fill(metric.rate);
    metric.kind = static_cast<weir::detail::metric_kind>(below(4));
    if (metric.kind == weir::detail::metric_kind::histogram)
      fill(metric.histogram);
  }

  void fill(weir::measurements_ptr& measured) {
    if (below(3) != 0)
      measured = std::make_shared<weir::task_measurements>(filled<weir::task_measurements>());
  }

  /// An aggregate, field by field.
  template <class T>
  requires(std::is_aggregate_v<T> && !std::derived_from<T, weir::random_id> &&
           !std::same_as<T, weir::leader_epoch> && !std::same_as<T, weir::detail::histogram_counts> &&
           !std::same_as<T, weir::detail::accumulator_value> &&
           !std::same_as<T, weir::detail::metric_value>) void fill(T& value) {
    auto all = [this](auto&... fields) { (fill(fields), ...); };
    if constexpr (fields_of<T>() == 1) {
      auto& [a] = value;
      all(a);
    } else if constexpr (fields_of<T>() == 2) {
      auto& [a, b] = value;
      all(a, b);
    } else if constexpr (fields_of<T>() == 3) {
      auto& [a, b, c] = value;
      all(a, b, c);
    } else if constexpr (fields_of<T>() == 4) {
      auto& [a, b, c, d] = value;
      all(a, b, c, d);
    } else if constexpr (fields_of<T>() == 5) {
      auto& [a, b, c, d, e] = value;
      all(a, b, c, d, e);
    } else if constexpr (fields_of<T>() == 6) {
      auto& [a, b, c, d, e, f] = value;
      all(a, b, c, d, e, f);
    } else if constexpr (fields_of<T>() == 7) {
      auto& [a, b, c, d, e, f, g] = value;
      all(a, b, c, d, e, f, g);
    } else if constexpr (fields_of<T>() == 8) {
      auto& [a, b, c, d, e, f, g, h] = value;
      all(a, b, c, d, e, f, g, h);
    } else if constexpr (fields_of<T>() == 9) {
      auto& [a, b, c, d, e, f, g, h, i] = value;
      all(a, b, c, d, e, f, g, h, i);
    } else {
      static_assert(fields_of<T>() == 10, "one more case for a message that has grown");
      auto& [a, b, c, d, e, f, g, h, i, j] = value;
      all(a, b, c, d, e, f, g, h, i, j);
    }
  }

  struct any_value {
    template <class T>
    operator T() const;
  };

  template <class T, class... Fields>
  static constexpr std::size_t fields_of() {
    if constexpr (requires { T{Fields{}..., any_value{}}; })
      return fields_of<T, Fields..., any_value>();
    else
      return sizeof...(Fields);
  }

  std::mt19937_64 random_;
};
