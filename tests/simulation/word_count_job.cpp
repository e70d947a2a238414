#include "simulation/word_count_job.hpp"

#include <weir/weir.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace weir::simulation {

namespace {

constexpr const char* input = "/shared/text";

struct word_count {
  std::string word;
  std::int64_t count;
};

} // namespace

word_count_job::word_count_job() : simulated_job{"word_count"} {
  std::map<std::string, int> counts;
  std::uint64_t random = 1;
  for (std::size_t line = 0; line < 400; ++line) {
    for (int word = 0; word < 6; ++word) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      auto name = "word" + std::to_string((random >> 33) % 1'009);
      ++counts[name];
      text_ += name + (word < 5 ? ' ' : '\n');
    }
  }
  for (const auto& [word, count] : counts)
    expected_.push_back(word + "\t" + std::to_string(count));
  std::ranges::sort(expected_);
}

void word_count_job::write_input(simulated_disk& files) const {
  auto folder = files.create_folders(folder_of(input));
  auto file = files.create(input, false);
  if (!folder || !file || !(*file)->append(text_))
    throw std::runtime_error{"no memory for the input"};
}

result<std::shared_ptr<const detail::stream_graph>> word_count_job::build(const std::string&,
                                                                          const job_spec&) {
  auto env = std::make_shared<environment>();
  env->name("word_count");
  env->from(text_files(input))
      .flat_map<word_count>([](std::string_view line, auto& out) {
        for_each_word(line, [&](std::string_view word) { out.emit(std::string{word}, 1); });
      })
      .key_by(&word_count::word)
      .window(end_of_input())
      .sum(&word_count::count)
      .collect(result_name);
  return std::shared_ptr<const detail::stream_graph>{env, &env->graph()};
}

} // namespace weir::simulation
