#include "exchange.hpp"

#include "../workloads.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bench::limits {

namespace {

/// Records in a buffer: about 32 KiB, as weir sends them.
constexpr std::size_t buffer_records = 32 * 1024 / sizeof(wide_record);

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

class socket_handle {
public:
  explicit socket_handle(int descriptor) : descriptor_{descriptor} {
    if (descriptor_ < 0)
      fail("cannot open a socket");
  }
  ~socket_handle() { ::close(descriptor_); }
  socket_handle(const socket_handle&) = delete;
  socket_handle& operator=(const socket_handle&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

private:
  int descriptor_;
};

bool write_all(int to, const void* bytes, std::size_t size) {
  const char* from = static_cast<const char*>(bytes);
  while (size > 0) {
    ssize_t written = ::write(to, from, size);
    if (written <= 0)
      return false;
    from += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool send_records(int to, std::uint64_t records, unsigned channels) {
  std::vector<std::vector<wide_record>> buffers(channels);
  for (auto& buffer : buffers)
    buffer.reserve(buffer_records);
  for (std::uint64_t i = 0; i < records; ++i) {
    wide_record record = wide_record_of(i);
    auto& buffer = buffers[scramble(record.key) % channels];
    buffer.push_back(record);
    if (buffer.size() == buffer_records) {
      if (!write_all(to, buffer.data(), buffer.size() * sizeof(wide_record)))
        return false;
      buffer.clear();
    }
  }
  for (auto& buffer : buffers)
    if (!write_all(to, buffer.data(), buffer.size() * sizeof(wide_record)))
      return false;
  return true;
}

} // namespace

run exchange(std::uint64_t records, unsigned channels) {
  socket_handle listener{::socket(AF_INET, SOCK_STREAM, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t address_size = sizeof address;
  if (::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), 1) != 0 ||
      ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &address_size) != 0)
    fail("cannot listen");

  pid_t child = ::fork();
  if (child < 0)
    fail("cannot fork");
  if (child == 0) {
    int to = ::socket(AF_INET, SOCK_STREAM, 0);
    bool sent = ::connect(to, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                send_records(to, records, channels);
    ::_exit(sent ? 0 : 1);
  }

  socket_handle connection{::accept(listener.get(), nullptr, nullptr)};
  std::vector<char> buffer(buffer_records * sizeof(wide_record));
  run done;
  std::size_t filled = 0;
  for (;;) {
    ssize_t got = ::read(connection.get(), buffer.data() + filled, buffer.size() - filled);
    if (got <= 0)
      break;
    filled += static_cast<std::size_t>(got);
    std::size_t whole = filled / sizeof(wide_record);
    for (std::size_t i = 0; i < whole; ++i) {
      wide_record record;
      std::memcpy(&record, buffer.data() + i * sizeof record, sizeof record);
      done.checksum += checksum_of(record);
    }
    std::size_t used = whole * sizeof(wide_record);
    std::memmove(buffer.data(), buffer.data() + used, filled - used);
    filled -= used;
    done.amount += static_cast<double>(used) / 1e6;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0)
    fail("the sending process failed");
  return done;
}

} // namespace bench::limits
