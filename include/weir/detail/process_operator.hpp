#pragma once

#include <weir/collector.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <utility>

namespace weir {

/// What a process function sees of the subtask it runs in.
struct subtask_info {
  std::uint32_t subtask = 0;
  std::uint32_t parallelism = 1;
};

namespace detail {

template <class F>
concept has_open = requires(F& f, const subtask_info& where) {
  f.open(where);
};

/// Runs a function object of the user: `process(record, out)` or a call operator, with optional
/// `open(subtask_info)` and `finish(out)`.
template <class In, class Out, class F>
class process_operator final : public stream_operator {
public:
  explicit process_operator(F function) : function_{std::move(function)} {}

  void open(operator_context& context) override {
    out_.attach(context.out());
    if constexpr (has_open<F>)
      function_.open(subtask_info{context.subtask(), context.parallelism()});
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<In>&>(*records);
    In* values = in.values();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i) {
      if constexpr (requires { function_.process(values[i], out_); })
        function_.process(values[i], out_);
      else
        std::invoke(function_, values[i], out_);
    }
  }

  void flush() override { out_.flush(); }

  bool drain() override {
    if constexpr (requires { function_.finish(out_); })
      function_.finish(out_);
    return false;
  }

private:
  F function_;
  collector<Out> out_;
};

/// Runs a function of the user on each record, as the end of a stream.
template <class In, class F>
class for_each_sink final : public stream_operator {
public:
  explicit for_each_sink(F function) : function_{std::move(function)} {}

  void open(operator_context& context) override {
    if constexpr (has_open<F>)
      function_.open(subtask_info{context.subtask(), context.parallelism()});
  }

  void process(std::uint32_t, batch_ptr& records) override {
    auto& in = static_cast<batch<In>&>(*records);
    In* values = in.values();
    for (std::uint32_t i = 0, n = in.size; i < n; ++i)
      std::invoke(function_, values[i]);
  }

  bool drain() override {
    if constexpr (requires { function_.finish(); })
      function_.finish();
    return false;
  }

private:
  F function_;
};

} // namespace detail
} // namespace weir
