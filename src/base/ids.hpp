#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir {

/// 128 random bits; the base of the ids that are drawn rather than counted.
struct random_id {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const random_id&) const = default;
  explicit operator bool() const { return high != 0 || low != 0; }
};

/// 32 lower-case hexadecimal digits.
std::string to_string(const random_id& id);

/// Reads 32 hexadecimal digits. Returns the zero id if `text` is anything else.
random_id parse_random_id(std::string_view text);

/// One life of one process, drawn when it starts. A process that comes back is a different one.
struct incarnation_id : random_id {
  auto operator<=>(const incarnation_id&) const = default;
};

/// Drawn by the client; the same id always means the same job, so that a submission can be retried.
struct job_id : random_id {
  auto operator<=>(const job_id&) const = default;
};

/// Identifies an operator's state over the versions of a job: from the user's uid, else from the graph's
/// structure.
struct operator_id : random_id {
  auto operator<=>(const operator_id&) const = default;
};

/// One term of master leadership. Strictly larger at each grant.
struct leader_epoch {
  std::uint64_t value = 0;
  auto operator<=>(const leader_epoch&) const = default;
};

/// All that a worker holds belongs to one session; a lost session is never resumed (protocol-control, choice
/// 1).
struct session_id {
  leader_epoch epoch;
  incarnation_id worker;
  std::uint64_t registration = 0; ///< chosen by the worker, one more after each reset
  auto operator<=>(const session_id&) const = default;
};

/// One grant of one slot of one session to one job. Used once.
struct allocation_id {
  leader_epoch epoch;
  std::uint64_t number = 0;
  auto operator<=>(const allocation_id&) const = default;
};

/// One try to run one subtask. The epoch is inside because a new leader does not know the old one's count.
struct attempt_id {
  job_id job;
  std::uint32_t vertex = 0; ///< index into job_graph::vertices
  std::uint32_t subtask = 0;
  leader_epoch epoch;
  std::uint32_t number = 0;
  auto operator<=>(const attempt_id&) const = default;
};

/// "<job>/v1/s0/e3-2": for logs and error messages.
std::string to_string(const attempt_id& id);
std::string to_string(const session_id& id);
std::string to_string(const allocation_id& id);

/// A stream of batches between two attempts. It names both, so that neither end can take another's data.
struct channel_id {
  attempt_id producer;
  attempt_id consumer;
  std::uint32_t edge = 0; ///< index into job_graph::edges
  auto operator<=>(const channel_id&) const = default;
};

std::string to_string(const channel_id& id);

} // namespace weir

template <class Id>
requires std::derived_from<Id, weir::random_id>
struct std::hash<Id> {
  std::size_t operator()(const Id& id) const noexcept { return id.low ^ (id.high * 0x9e3779b97f4a7c15ull); }
};
