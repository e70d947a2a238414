#include "actors/frame_header.hpp"
#include "actors/handshake.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace weir;
using namespace weir::actors;

namespace {

hello full_hello() {
  return {.node = {.self = {{0x0123456789abcdef, 42}},
                   .role = node_role::master,
                   .epoch = {77},
                   .version = "1.2.3",
                   .abi = "weir-abi 1; g++ 12"},
          .met = 3};
}

} // namespace

TEST_CASE("a frame header comes back as it was") {
  for (auto kind : {frame_kind::hello, frame_kind::hello_ack, frame_kind::refusal, frame_kind::control,
                    frame_kind::routed}) {
    frame_header header{0xfedcba98, kind, kind == frame_kind::routed ? 0x1122334455667788u : 0u};
    auto back = decode_frame_header(encode(header));
    REQUIRE(back);
    CHECK(back->length == header.length);
    CHECK(back->kind == header.kind);
    CHECK(back->route == header.route);
  }
}

TEST_CASE("the bytes of a frame header are those of the grammar") {
  auto bytes = encode(frame_header{0x04030201, frame_kind::routed, 0x0807060504030201});
  const std::array<char, 16> expected{1, 2, 3, 4, 5, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
  CHECK(bytes == expected);
}

TEST_CASE("a header with an unknown kind, reserved bits or a route without reason is none") {
  auto header = encode(frame_header{1, frame_kind::control, 0});
  for (int at : {5, 6, 7, 8, 15}) {
    auto bad = header;
    bad[at] = 1;
    CHECK_FALSE(decode_frame_header(bad));
  }
  for (int kind : {0, 6, 255}) {
    auto bad = header;
    bad[4] = static_cast<char>(kind);
    CHECK_FALSE(decode_frame_header(bad));
  }
  CHECK_FALSE(decode_frame_header(std::span{header}.first(15)));
}

TEST_CASE("a hello comes back as it was") {
  auto sent = full_hello();
  auto back = decode_hello(encode(sent));
  REQUIRE(back);
  CHECK(back->node.self == sent.node.self);
  CHECK(back->node.role == sent.node.role);
  CHECK(back->node.epoch == sent.node.epoch);
  CHECK(back->node.protocol == protocol_version);
  CHECK(back->node.version == sent.node.version);
  CHECK(back->node.abi == sent.node.abi);
  CHECK(back->met == 3);
  CHECK(encode(sent).size() <= handshake_bytes_max);
}

TEST_CASE("a hello that is cut off anywhere is an error") {
  auto bytes = encode(full_hello());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_hello(std::span{bytes}.first(size)));
}

TEST_CASE("a hello of another protocol is understood as far as the versions") {
  auto sent = full_hello();
  sent.node.protocol = 9;
  auto bytes = encode(sent);
  bytes.resize(bytes.size() - 20);
  auto back = decode_hello(bytes);
  REQUIRE(back);
  CHECK(incompatibility(full_hello().node, back->node).find("protocol 1") != std::string::npos);
}

TEST_CASE("texts of a peer cannot forge a log line") {
  auto sent = full_hello();
  sent.node.version = "1\n2026 error \x1b[31m";
  auto back = decode_hello(encode(sent));
  REQUIRE(back);
  CHECK(back->node.version == "1?2026 error ?[31m");
}

TEST_CASE("random bytes are never read beyond their end") {
  std::mt19937 random{1};
  auto good = encode(full_hello());
  for (int i = 0; i < 5'000; ++i) {
    std::vector<char> bytes(good.begin(),
                            good.begin() + static_cast<std::ptrdiff_t>(random() % (good.size() + 1)));
    for (int changes = 0; changes < 3 && !bytes.empty(); ++changes)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    bytes.shrink_to_fit(); // so that a sanitizer sees a read beyond
    if (auto read = decode_hello(bytes))
      CHECK(read->node.version.size() <= bytes.size());
    if (auto read = decode_refusal(bytes))
      CHECK(read->sentence.size() <= bytes.size());
  }
}

TEST_CASE("a refusal comes back as it was, and a long sentence is cut") {
  auto back = decode_refusal(encode(refusal{refusal_reason::duplicate, "why"}));
  REQUIRE(back);
  CHECK(back->why == refusal_reason::duplicate);
  CHECK(back->sentence == "why");
  auto long_one = encode(refusal{refusal_reason::version, std::string(5'000, 'x')});
  CHECK(long_one.size() <= handshake_bytes_max);
  CHECK(decode_refusal(long_one).has_value());
}
