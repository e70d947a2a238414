#include "fuzz_target.hpp"
#include "rest/answers.hpp"
#include "rest/multipart.hpp"
#include "rest/shell_words.hpp"
#include "rest/submission_json.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

/// The bodies and arguments that the REST server reads: a form, a submission, a line of words.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  if (auto parts = weir::parse_multipart("multipart/form-data; boundary=B", bytes)) {
    std::size_t total = 0;
    for (const weir::form_part& part : *parts)
      total += part.content.size();
    require(total < size, "the parts hold more than the form");
  }
  weir::http_request request;
  request.body = bytes;
  if (auto body = weir::json_body(request)) {
    auto submission = weir::parse_submission(*body);
    if (submission)
      require((*submission).spec.fingerprint == weir::fingerprint(*(*submission).graph),
              "a graph with another fingerprint");
  }
  if (auto words = weir::split_words(bytes)) {
    std::size_t total = 0;
    for (const std::string& word : *words)
      total += word.size();
    require(total <= size, "the words hold more than the line");
  }
  return 0;
}
