// What the parts of the data plane cost without actors: handing a batch over inside a process, and frames
// between processes. One line a question, the median of the rounds and their range; processor time of this
// thread.
//
//   weir-micro [BATCHES [ROUNDS]]

#include "base/platform.hpp"
#include "exchange/in_channel.hpp"
#include "exchange/out_channel.hpp"
#include "task/local_pipeline.hpp"

#include <weir/detail/codec.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <time.h>
#include <vector>

namespace {

using namespace weir;
using detail::partitioning;

struct wide {
  std::array<char, 100> bytes;
};

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct settings {
  std::uint64_t batches = 200'000;
  int rounds = 5;
};

void measure(const settings& how, const char* question, const char* unit,
             const std::function<double(double)>& value, const std::function<void()>& work) {
  std::vector<double> values;
  for (int round = 0; round <= how.rounds; ++round) {
    double start = cpu_seconds();
    work();
    if (round > 0) // the first one warms up
      values.push_back(value(cpu_seconds() - start));
  }
  std::ranges::sort(values);
  std::printf("%-64s %10.1f %-8s (%.1f to %.1f)\n", question, values[values.size() / 2], unit, values.front(),
              values.back());
}

template <class T>
detail::batch_ptr full_batch() {
  const auto& type = detail::record_type_of<T>();
  detail::batch_ptr made = type.make_batch(type);
  auto& batch = static_cast<detail::batch<T>&>(*made);
  for (; batch.size < batch.capacity; ++batch.size)
    batch.values()[batch.size] = T{};
  return made;
}

/// Both ends of a channel in one place: what is sent arrives at once.
template <class T>
struct short_circuit : channel_sink {
  explicit short_circuit(bool local, std::size_t segment_size = channel_options{}.segment_size)
      : options{.segment_size = segment_size} {
    in.protocol().start({});
    auto request = in.protocol().due({});
    out.on_open(request->opening, request->granted_total, local);
  }

  void send_item(std::uint32_t, std::uint64_t sequence, channel_item item) override {
    sound = sound && in.push(sequence, std::move(item));
  }
  void send_frame(std::uint32_t, std::vector<char> frame) override {
    bytes += frame.size();
    sound = sound && in.push(std::move(frame));
  }

  /// Reads all that has come and gives the credit back.
  void read() {
    channel_item item;
    while (in.ready()) {
      auto found = in.pop(item);
      sound = sound && found;
      if (*found)
        in.release(std::move(item.records));
      if (auto credit = in.take_credit())
        out.on_credit(credit->granted_total, std::move(credit->emptied));
    }
  }

  /// Sends as many full batches, which are not filled anew.
  void send(std::uint64_t batches, detail::batch_ptr& batch) {
    const std::uint32_t size = detail::batch<T>::capacity;
    for (std::uint64_t i = 0; i < batches; ++i) {
      if (!batch)
        batch = full_batch<T>();
      batch->size = size;
      out.send(batch);
      if (out.is_blocked())
        read();
    }
    out.flush();
    read();
    if (!sound) {
      std::fputs("the channel failed\n", stderr);
      std::exit(1);
    }
  }

  channel_options options;
  std::uint32_t blocked = 0;
  out_channel out{0, detail::record_type_of<T>(), options, *this, blocked};
  in_channel in{detail::record_type_of<T>(), options};
  std::uint64_t bytes = 0;
  bool sound = true;
};

template <class T>
void measure_frames(const settings& how, const char* record) {
  for (std::size_t segment_size : {32 * 1024, 64 * 1024, 128 * 1024}) {
    short_circuit<T> channel{false, segment_size};
    detail::batch_ptr batch = full_batch<T>();
    std::uint64_t batches = how.batches / 4;
    double megabytes = static_cast<double>(batches) * detail::batch<T>::capacity * sizeof(T) * 1e-6;
    std::string question = "frames of " + std::to_string(segment_size / 1024) + " KiB, both ends, " + record;
    measure(
        how, question.c_str(), "MB/s", [&](double seconds) { return megabytes / seconds; },
        [&] { channel.send(batches, batch); });
  }
}

/// Emits full batches without filling them.
struct idle_source final : detail::source_operator {
  explicit idle_source(std::uint64_t count) : left{count} {}
  void open(detail::operator_context& context) override { out = context.out(); }
  status poll() override {
    if (!batch)
      batch = full_batch<std::uint64_t>();
    batch->size = detail::batch_capacity<std::uint64_t>;
    out->emit(batch);
    return --left > 0 ? status::more : status::ended;
  }
  std::uint64_t left;
  detail::batch_ptr batch;
  detail::output* out = nullptr;
};

struct counting_sink final : detail::stream_operator {
  void process(std::uint32_t, detail::batch_ptr& records) override { count += records->size; }
  std::uint64_t count = 0;
};

/// A source and a sink as two tasks, with their gates, chains, partitions, clocks and mailboxes.
void run_pipeline(std::uint64_t batches, bool local) {
  auto code = std::make_shared<detail::stream_graph>();
  detail::graph_node source;
  source.record = &detail::record_type_of<std::uint64_t>();
  source.make = [batches] { return std::make_unique<idle_source>(batches); };
  detail::graph_node sink;
  sink.inputs = {{.from = 0}};
  sink.make = [] { return std::make_unique<counting_sink>(); };
  code->nodes = {source, sink};
  auto graph = std::make_shared<job_graph>();
  graph->vertices.resize(2);
  graph->vertices[0].operators.push_back({.node = 0, .name = "source"});
  graph->vertices[1].operators.push_back({.node = 1, .name = "sink"});
  graph->edges.push_back({.to_vertex = 1});
  auto platform = make_system_platform();
  local_pipeline pipeline{graph, code, *platform, {.is_local = [=](const channel_id&) { return local; }}};
  if (auto ran = pipeline.run(); !ran) {
    std::fprintf(stderr, "%s\n", ran.failure().message().c_str());
    std::exit(1);
  }
}

} // namespace

int main(int argc, char** argv) {
  settings how;
  if (argc > 1)
    how.batches = std::max<std::uint64_t>(4, std::strtoull(argv[1], nullptr, 10));
  if (argc > 2)
    how.rounds = std::max(1, std::atoi(argv[2]));
  auto per_batch = [&](double seconds) { return seconds * 1e9 / static_cast<double>(how.batches); };

  short_circuit<std::uint64_t> local{true};
  detail::batch_ptr batch = full_batch<std::uint64_t>();
  measure(how, "local channel, both ends", "ns/batch", per_batch, [&] { local.send(how.batches, batch); });
  measure(how, "two tasks in one thread, local channel", "ns/batch", per_batch,
          [&] { run_pipeline(how.batches, true); });
  measure(how, "two tasks in one thread, frames, 1024 u64", "ns/batch", per_batch,
          [&] { run_pipeline(how.batches, false); });
  measure_frames<std::uint64_t>(how, "1024 u64 a batch");
  measure_frames<wide>(how, "327 records of 100 bytes a batch");
  return 0;
}
