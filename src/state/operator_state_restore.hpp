#pragma once

#include "base/ids.hpp"
#include "base/result.hpp"
#include "state/operator_state_split.hpp"
#include "state/snapshot_chain.hpp"

#include <weir/detail/state.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// A subtask of an operator, as a message names it and as its state is cut.
struct operator_subtask {
  operator_id of;
  std::string name; ///< of the operator
  std::uint32_t subtask = 0;
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 1;
};

/// What a snapshot, taken at any parallelism, has for one operator in one subtask. Reads only the key groups
/// and elements that are this subtask's. Errors are `invalid_argument` when the snapshot is of another job's
/// shape: another type of a state, another number of key groups; both sides are named.
class operator_state_restore {
public:
  /// `chains`: of every subtask of the vertex that had the operator; none when the job begins anew.
  static result<operator_state_restore> make(operator_subtask who, std::vector<snapshot_chain> chains);

  /// Key groups of this subtask.
  [[nodiscard]] key_group_range groups() const { return groups_; }

  /// Puts the entries of the state's name into it; nothing when the snapshot does not know it.
  result<void> fill(detail::keyed_state& state);

  /// The elements of this subtask.
  result<std::vector<std::string>> elements(const detail::state_type& state);

  /// Names of the operator's states in the snapshot that were not asked for.
  [[nodiscard]] std::vector<std::string> not_taken() const;

  /// Closes the files: as if the snapshot had nothing.
  void release() { chains_.clear(); }

private:
  operator_state_restore(operator_subtask who, std::vector<snapshot_chain> chains);
  result<void> check() const;
  result<bool> find(const detail::state_type& state);
  result<void> check_groups() const;
  result<void> load(const std::shared_ptr<const snapshot_reader>& file, std::uint32_t state_in_file,
                    detail::keyed_state& to) const;
  result<void> read_elements(const element_range& range, const std::string& name,
                             std::vector<std::string>& to) const;
  [[nodiscard]] error refused(const detail::state_type& state, const std::string& why) const;

  operator_subtask who_;
  std::vector<snapshot_chain> chains_; ///< by subtask
  key_group_range groups_;
  std::set<std::string, std::less<>> taken_;
};

} // namespace weir
