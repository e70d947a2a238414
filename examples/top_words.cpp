// The most frequent words of a text, by two steps of aggregation.
//
//   weir run -p 4 top_words.so --input=FILE-OR-FOLDER [--top=20]
//
// Counting runs in parallel, a share of the words in each subtask. The ranking needs to see all of them, so
// it runs in a single subtask: an operator's parallelism is its own affair, and the engine moves the records
// between the two.

#include <weir/weir.hpp>

#include <algorithm>
#include <vector>

struct word_count {
  std::string word;
  std::int64_t count;
};

// A process function is an object that keeps what it likes between records. Here: the best words so far.
class ranking {
public:
  explicit ranking(std::size_t places) : places_{places} {}

  void process(const word_count& each, weir::collector<word_count>&) {
    best_.push_back(each);
    if (best_.size() >= 2 * places_ + 64)
      keep_best();
  }

  // Called once, after the last record.
  void finish(weir::collector<word_count>& out) {
    keep_best();
    for (const word_count& each : best_)
      out.emit(each);
  }

private:
  void keep_best() {
    // Words with equal counts are ranked by name, so that the result does not depend on the order of arrival.
    std::ranges::sort(best_, [](const word_count& a, const word_count& b) {
      return a.count != b.count ? a.count > b.count : a.word < b.word;
    });
    best_.resize(std::min(best_.size(), places_));
  }

  std::size_t places_;
  std::vector<word_count> best_;
};

WEIR_JOB(top_words) {
  env.from(weir::text_files(args.required<std::string>("input")))
      .flat_map<word_count>([](std::string_view line, auto& out) {
        weir::for_each_word(line, [&](std::string_view word) { out.emit(word, 1); });
      })
      .key_by(&word_count::word)
      .window(weir::end_of_input())
      .sum(&word_count::count)
      .name("count")
      .process<word_count>(ranking{args.optional<std::size_t>("top", 20)})
      .name("rank")
      .set_parallelism(1)
      .collect("top words") // an attached run prints what was collected
      .set_parallelism(1);  // one subtask again, so that the ranking keeps its order
}
