// Loaded into a node (LD_PRELOAD) by weir-scenario when its script lets a disk fail, so that weir itself
// needs no code for it. It stands before the C library's calls for files, does what the control file says to
// those below the control file's folder, and leaves all others alone.
//
//     control := "full" | "torn" | "unsynced" | "slow " milliseconds | "refuses " names | "holds " names | ""
//
// `names` is a pattern such as part-*: files that are to be renamed to such a name are not, or not as long as
// the control file says so. The first that is held makes a file CONTROL.held.

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr std::size_t path_max = 4096;

enum class fault { none, full, torn, unsynced };

/// The real function behind the one of this library.
template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

const char* control_file() {
  static const char* path = std::getenv("WEIR_SCENARIO_DISK");
  return path;
}

/// What the control file says now.
struct control {
  control() {
    auto file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, control_file(), O_RDONLY | O_CLOEXEC));
    if (file < 0)
      return;
    [[maybe_unused]] auto count = ::syscall(SYS_read, file, bytes, sizeof bytes - 1);
    ::syscall(SYS_close, file);
  }

  char bytes[64] = "";
};

/// What is wrong with the disk now; has waited if it is slow.
fault present_fault() {
  control now;
  int delay_ms = 0;
  if (std::sscanf(now.bytes, "slow %d", &delay_ms) == 1)
    ::poll(nullptr, 0, delay_ms);
  return std::strcmp(now.bytes, "full") == 0       ? fault::full
         : std::strcmp(now.bytes, "torn") == 0     ? fault::torn
         : std::strcmp(now.bytes, "unsynced") == 0 ? fault::unsynced
                                                   : fault::none;
}

/// Is there a fault of that name for files with the name of `path`?
bool has_fault_for(const char* path, const char* fault) {
  control text;
  std::size_t size = std::strlen(fault);
  const char* slash = std::strrchr(path, '/');
  return std::strncmp(text.bytes, fault, size) == 0 &&
         ::fnmatch(text.bytes + size, slash ? slash + 1 : path, 0) == 0;
}

/// Waits as long as a file may not have that name.
void hold(const char* path) {
  constexpr int look_again_ms = 5;
  for (bool is_first = true; has_fault_for(path, "holds "); is_first = false) {
    if (is_first) {
      char mark[path_max];
      std::snprintf(mark, sizeof mark, "%s.held", control_file());
      ::syscall(SYS_close, ::syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0666));
    }
    ::poll(nullptr, 0, look_again_ms);
  }
}

bool is_below_folder(const char* path) {
  const char* control = control_file();
  if (!control)
    return false;
  auto folder = static_cast<std::size_t>(std::strrchr(control, '/') + 1 - control);
  return std::strncmp(path, control, folder) == 0;
}

bool is_below_folder(int file) {
  if (!control_file() || file <= STDERR_FILENO)
    return false;
  char link[64], path[path_max];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  auto size = ::readlink(link, path, sizeof path - 1);
  if (size <= 0)
    return false;
  path[size] = '\0';
  return is_below_folder(path);
}

int open_at(const char* name, const char* path, int flags, mode_t mode) {
  if ((flags & O_CREAT) != 0 && is_below_folder(path) && present_fault() == fault::full) {
    errno = ENOSPC;
    return -1;
  }
  static auto* next = real<int(const char*, int, ...)>(name);
  return next(path, flags, mode);
}

mode_t mode_of(int flags, std::va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

} // namespace

extern "C" {

#undef open
#undef open64

int open64(const char* path, int flags, ...) {
  std::va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return open_at("open64", path, flags, mode);
}

int mkdir(const char* path, mode_t mode) {
  if (is_below_folder(path) && present_fault() == fault::full) {
    errno = ENOSPC;
    return -1;
  }
  static auto* next = real<int(const char*, mode_t)>("mkdir");
  return next(path, mode);
}

ssize_t write(int file, const void* bytes, std::size_t size) {
  static auto* next = real<ssize_t(int, const void*, std::size_t)>("write");
  fault now = is_below_folder(file) ? present_fault() : fault::none;
  if (now == fault::full) {
    errno = ENOSPC;
    return -1;
  }
  if (now == fault::torn) {
    [[maybe_unused]] auto landed = next(file, bytes, size / 2);
    errno = EIO;
    return -1;
  }
  return next(file, bytes, size);
}

int rename(const char* from, const char* to) {
  static auto* next = real<int(const char*, const char*)>("rename");
  if (!is_below_folder(to))
    return next(from, to);
  hold(to);
  if (has_fault_for(to, "refuses ")) {
    errno = EIO;
    return -1;
  }
  present_fault(); // which waits if the disk is slow
  return next(from, to);
}

int fsync(int file) {
  static auto* next = real<int(int)>("fsync");
  if (is_below_folder(file) && present_fault() == fault::unsynced) {
    errno = EIO;
    return -1;
  }
  return next(file);
}

} // extern "C"
