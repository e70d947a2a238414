// Counts the words of a text: the "hello world" of stream processing.
//
//   weir run word_count.so --input=FILE-OR-FOLDER --output=FOLDER
//   weir run word_count.so --lines=1000000        --output=FOLDER     (made-up text)
//
// Each line of the output is a word, a tab, and how often it occurred.

#include <weir/weir.hpp>

// A record is any plain struct. weir::text is a string that lives in the batch it travels in: it costs no
// allocation. std::string works as well.
struct word_count {
  weir::text word;
  std::int64_t count;
};

// A function that takes any stream of lines, whatever their type.
template <class Lines>
void count_words(const Lines& lines, const std::string& output) {
  lines
      // One record in, any number out. A weir::text line converts to std::string_view.
      .template flat_map<word_count>([](std::string_view line, auto& out) {
        weir::for_each_word(line, [&](std::string_view word) { out.emit(word, 1); });
      })
      // All records with the same word go to the same subtask, wherever they come from …
      .key_by(&word_count::word)
      // … which keeps one sum per word, and emits it once the input has ended.
      .window(weir::end_of_input())
      .sum(&word_count::count)
      .write_text(output);
}

// Line number n of a text that never repeats in quite the same way.
std::string made_up_line(std::uint64_t n) {
  static constexpr std::string_view words[] = {"the", "stream", "flows", "over", "a",
                                               "low", "dam",    "and",   "is",   "counted"};
  std::string line;
  for (std::uint64_t random = n * 0x9e3779b97f4a7c15ull, i = 0; i < 8; ++i, random /= 10)
    line.append(words[random % 10]).push_back(' ');
  return line;
}

WEIR_JOB(word_count) {
  auto output = args.required<std::string>("output");
  if (auto lines = args.optional<std::uint64_t>("lines", 0); lines != 0)
    count_words(env.from(weir::generate(lines, made_up_line)), output);
  else
    count_words(env.from(weir::text_files(args.required<std::string>("input"))), output);
}
