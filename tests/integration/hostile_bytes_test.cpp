#include "test_cluster.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace weir::testing;

namespace {

/// A bare TCP connection to a node.
class connection {
public:
  explicit connection(const std::string& address)
      : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
      throw std::runtime_error{"cannot connect to " + address};
  }
  ~connection() { ::close(socket_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Sends as much as the peer takes.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Waits until the peer has closed; what it sent before is dropped.
  bool closed_by_peer(duration limit = patience) {
    return comes_true(
        [&] {
          pollfd ready{socket_, POLLIN, 0};
          if (::poll(&ready, 1, 0) <= 0)
            return false;
          char bytes[4096];
          return ::recv(socket_, bytes, sizeof bytes, 0) <= 0;
        },
        limit);
  }

private:
  int socket_;
};

std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::string bytes(size, '\0');
  for (char& byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

/// Bytes that no node sends: noise, other protocols, lengths that cannot be.
std::vector<std::string> malformed() {
  std::vector<std::string> all{std::string(100, '\0'),
                               std::string(100, '\xff'),
                               std::string(8, '\xff') + std::string(1'000, 'x'),
                               std::string{"\xff\xff\xff\x7f", 4} + "short",
                               std::string{"\x7f\xff\xff\xff", 4} + "short",
                               "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
                               "\x16\x03\x01\x02"};
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    all.push_back(random_bytes(1 + seed * 97, seed));
  return all;
}

std::size_t occurrences(const std::string& text, std::string_view of) {
  std::size_t count = 0;
  for (std::size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + 1))
    ++count;
  return count;
}

void works(test_cluster& cluster) {
  CHECK(cluster.master().running());
  CHECK(cluster.worker(0).running());
  temporary_folder folder;
  folder.write("in", "still here\n");
  outcome done = cluster.run({"-p", "2"}, built_example("word_count"),
                             {"--input=" + folder / "in", "--output=" + folder / "out"});
  CHECK_MESSAGE(done.succeeded(), done.text());
}

} // namespace

TEST_CASE("malformed bytes on the ports between nodes cost the connection and one log line, and harm nothing "
          "else") {
  test_cluster cluster{{.workers = 2, .slots = 1, .configuration = {{"transport.connect-timeout", "1 s"}}}};
  std::string data = field(cluster.worker(0).wait_for_line("weir-node worker ready"), "data");
  for (process* node : {&cluster.master(), &cluster.worker(0)}) {
    const std::string& address = node == &cluster.master() ? cluster.rpc_address() : data;
    CAPTURE(address);
    std::uint64_t memory = resident_memory(node->id());
    for (const std::string& bytes : malformed()) {
      connection hostile{address};
      hostile.send(bytes);
      CHECK(hostile.closed_by_peer());
    }
    // An impossible length is refused before memory is set aside for it.
    CHECK(resident_memory(node->id()) < memory + (64u << 20));
    CHECK(occurrences(node->errors(), "closed the connection with") == malformed().size());
  }
  works(cluster);
}

TEST_CASE("a connection that sends half a handshake and then nothing is closed in the end") {
  test_cluster cluster{{.workers = 1, .slots = 2, .configuration = {{"transport.connect-timeout", "1 s"}}}};
  connection silent{cluster.rpc_address()};
  connection begun{cluster.rpc_address()};
  begun.send("w");
  CHECK(silent.closed_by_peer());
  CHECK(begun.closed_by_peer());
  works(cluster);
}

TEST_CASE("malformed requests to the REST port are answered or closed, and harm nothing else") {
  test_cluster cluster{{.workers = 2, .slots = 1}};
  for (const std::string& bytes : malformed()) {
    connection hostile{cluster.rest_address()};
    hostile.send(bytes + "\r\n\r\n\r\n\r\n");
    ::poll(nullptr, 0, 1);
  }
  {
    connection endless{cluster.rest_address()};
    endless.send("GET / HTTP/1.1\r\nX: " + std::string(4 << 20, 'x'));
    CHECK(endless.closed_by_peer());
  }
  {
    connection huge{cluster.rest_address()};
    huge.send("POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n{");
    CHECK(huge.closed_by_peer());
  }
  CHECK(cluster.request("POST", "/jobs", "{\"no\": ").status == 400);
  CHECK(cluster.request("GET", "/jobs/not-an-id").status == 400);
  CHECK(cluster.request("GET", "/jobs/" + std::string(32, 'a')).status == 404);
  CHECK(cluster.request("GET", "/no/such/path").status == 404);
  works(cluster);
}

TEST_CASE("a slow client does not keep others from being served") {
  test_cluster cluster{
      {.workers = 1, .slots = 2, .configuration = {{"rest.connection.idle-timeout", "2 s"}}}};
  std::vector<std::unique_ptr<connection>> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(std::make_unique<connection>(cluster.rest_address()));
    slow.back()->send("GET /overview HT");
  }
  CHECK(cluster.get("/overview").at("taskmanagers") == 1);
  CHECK(slow.front()->closed_by_peer());
}
