#include "rest/http_message.hpp"

#include <doctest/doctest.h>

using namespace weir;

TEST_CASE("a target is split into its segments and its query, with escapes decoded") {
  http_request request;
  parse_target("/v1/jobs//a%2Fb/?mode=cancel&x=1+2%33&flag#part", request);
  CHECK(request.path == std::vector<std::string>{"v1", "jobs", "a/b"});
  CHECK(request.parameter("mode") == "cancel");
  CHECK(request.parameter("x") == "1 23");
  CHECK(request.parameter("flag") == "");
  CHECK_FALSE(request.parameter("part").has_value());
}

TEST_CASE("what is no valid escape stays as it is") {
  CHECK(decode_escapes("%", false) == "%");
  CHECK(decode_escapes("%4", false) == "%4");
  CHECK(decode_escapes("%zz%41", false) == "%zzA");
  CHECK(decode_escapes("a+b", false) == "a+b");
}

TEST_CASE("escaping is undone by decoding, for every byte") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte)
    all += static_cast<char>(byte);
  std::string escaped = encode_escapes(all);
  CHECK(escaped.find_first_of(" /?&=\n") == std::string::npos);
  CHECK(decode_escapes(escaped, true) == all);
}
