// Which words do two texts share, and how often does each use them? Two inputs, made one by a union.
//
//   weir run compare_texts.so --left=FILE-OR-FOLDER --right=FILE-OR-FOLDER --output=FOLDER
//
// Each line of the output is a word, its count on the left, and its count on the right.

#include <weir/weir.hpp>

struct usage {
  weir::text word;
  std::int64_t left;
  std::int64_t right;
};

WEIR_JOB(compare_texts) {
  // Both inputs become streams of the same record before they are united; each record remembers where it came
  // from.
  auto left = env.from(weir::text_files(args.required<std::string>("left")))
                  .name("left text")
                  .flat_map<usage>([](std::string_view line, auto& out) {
                    weir::for_each_word(line, [&](std::string_view word) { out.emit(word, 1, 0); });
                  });
  auto right = env.from(weir::text_files(args.required<std::string>("right")))
                   .name("right text")
                   .flat_map<usage>([](std::string_view line, auto& out) {
                     weir::for_each_word(line, [&](std::string_view word) { out.emit(word, 0, 1); });
                   });

  left.union_with(right)
      .key_by(&usage::word)
      .window(weir::end_of_input())
      // reduce folds a record into the value so far: any function of two records.
      .reduce([](const usage& so_far, const usage& next) {
        return usage{so_far.word, so_far.left + next.left, so_far.right + next.right};
      })
      .filter([](const usage& each) { return each.left > 0 && each.right > 0; })
      .name("shared words")
      .write_text(args.required<std::string>("output"));
}
