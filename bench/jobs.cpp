// The jobs of the benches. Each gives a checksum of its result, to be compared with the hand-written loop's.

#include "workloads.hpp"

#include <weir/weir.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace {

struct string_count {
  std::string word;
  std::int64_t count;
};

struct text_count {
  weir::text word;
  std::int64_t count;
};

/// Adds up `checksum_of` each record, and emits the sum behind the last one.
template <class Record, class Checksum>
class checksum_sum {
public:
  explicit checksum_sum(Checksum of) : of_{of} {}
  void process(const Record& record, weir::collector<std::uint64_t>&) { sum_ += of_(record); }
  void finish(weir::collector<std::uint64_t>& out) { out.emit(sum_); }

private:
  Checksum of_;
  std::uint64_t sum_ = 0;
};

template <class Record, class Stream, class Checksum>
void collect_checksum(const Stream& records, Checksum of) {
  records.template process<std::uint64_t>(checksum_sum<Record, Checksum>{of})
      .name("checksum")
      .collect("checksum");
}

/// Sums by key in a state of the user's function.
class summed {
public:
  void open(weir::keyed_function_context<std::uint64_t>& context) {
    sum_ = context.state(weir::value<std::uint64_t>("sum"));
  }
  void process(const bench::keyed_number& record, weir::keyed_context<std::uint64_t>&,
               weir::collector<std::uint64_t>&) {
    std::uint64_t& sum = sum_.change();
    std::uint64_t before = bench::sum_checksum(record.key, sum);
    sum += record.value;
    checksum_ += bench::sum_checksum(record.key, sum) - before;
  }
  void finish(weir::collector<std::uint64_t>& out) { out.emit(checksum_); }

private:
  weir::value_state<std::uint64_t> sum_;
  std::uint64_t checksum_ = 0;
};

auto keyed_numbers(weir::environment& env, weir::arguments& args) {
  auto records = args.required<std::uint64_t>("records");
  auto distinct = args.required<std::uint64_t>("distinct");
  return env
      .from(weir::generate(records, [distinct](std::uint64_t i) { return bench::keyed_record(i, distinct); }))
      .key_by(&bench::keyed_number::key);
}

template <class Word, class Lines>
void count_words(const Lines& lines) {
  auto counts = lines
                    .template flat_map<Word>([](std::string_view line, auto& out) {
                      weir::for_each_word(line, [&](std::string_view word) { out.emit(word, 1); });
                    })
                    .key_by(&Word::word)
                    .window(weir::end_of_input())
                    .sum(&Word::count);
  collect_checksum<Word>(counts, [](const Word& each) {
    return bench::checksum_of(std::string_view{each.word}, static_cast<std::uint64_t>(each.count));
  });
}

} // namespace

WEIR_JOB(word_count_string) {
  count_words<string_count>(env.from(weir::text_files(args.required<std::string>("input"))));
}

WEIR_JOB(word_count_text) {
  count_words<text_count>(env.from(weir::text_files(args.required<std::string>("input"))));
}

WEIR_JOB(keyed_sum) {
  auto sums = keyed_numbers(env, args).window(weir::end_of_input()).sum(&bench::keyed_number::value);
  collect_checksum<bench::keyed_number>(
      sums, [](const bench::keyed_number& each) { return bench::sum_checksum(each.key, each.value); });
}

WEIR_JOB(keyed_sum_state) {
  keyed_numbers(env, args).process<std::uint64_t>(summed{}).collect("checksum");
}

WEIR_JOB(map_filter_sum) {
  // Lambdas, as a pointer to a function would be called for each record.
  auto numbers = env.from(weir::generate(args.required<std::uint64_t>("records"),
                                         [](std::uint64_t i) { return bench::random_number(i); }))
                     .map([](std::uint64_t x) { return bench::mapped(x); })
                     .filter([](std::uint64_t x) { return bench::kept(x); });
  collect_checksum<std::uint64_t>(numbers, [](std::uint64_t x) { return x; });
}

// Two groups of slots, so that producer and consumer are on two workers of one slot each.
WEIR_JOB(exchange) {
  auto received = env.from(weir::generate(args.required<std::uint64_t>("records"),
                                          [](std::uint64_t i) { return bench::wide_record_of(i); }))
                      .slot_sharing_group("producer")
                      .key_by(&bench::wide_record::key);
  auto checksum = [](const bench::wide_record& record) { return bench::checksum_of(record); };
  received.process<std::uint64_t>(checksum_sum<bench::wide_record, decltype(checksum)>{checksum})
      .slot_sharing_group("consumer")
      .collect("checksum");
}

// Runs until it is canceled.
WEIR_JOB(idle) {
  env.from(weir::generate(
               1'000'000'000, [](std::uint64_t i) { return i; }, 10.0))
      .for_each([](std::uint64_t) {});
}

// Counts per key, at a rate: state that grows to so many keys and stays.
WEIR_JOB(counted) {
  auto keys = args.required<std::uint64_t>("distinct");
  auto numbers = [keys](std::uint64_t i) { return bench::keyed_number{i % keys, 1}; };
  env.from(weir::generate(std::uint64_t{1} << 40, numbers, args.required<double>("rate")))
      .key_by(&bench::keyed_number::key)
      .process<std::uint64_t>(summed{})
      .for_each([](std::uint64_t) {});
}
