#pragma once

#include <weir/detail/operator.hpp>
#include <weir/detail/state.hpp>
#include <weir/detail/state_element.hpp>
#include <weir/detail/type_name.hpp>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What a source has still to read, kept in snapshots.
namespace weir::detail {

/// Share `part` of `parts` of ranges that have `begin` and `end`. The shares are equal to one, cover
/// everything once, and follow each other in order.
template <class Range>
std::vector<Range> share_of(const std::vector<Range>& ranges, std::uint32_t part, std::uint32_t parts) {
  std::uint64_t total = 0;
  for (const Range& range : ranges)
    total += range.end - range.begin;
  auto border = [&](std::uint32_t of) {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(total) * of / parts);
  };
  std::uint64_t first = border(part), last = border(part + 1), offset = 0;
  std::vector<Range> share;
  for (const Range& range : ranges) {
    std::uint64_t size = range.end - range.begin;
    std::uint64_t from = std::max(first, offset), to = std::min(last, offset + size);
    if (from < to) {
      Range& cut = share.emplace_back(range);
      cut.begin = range.begin + (from - offset);
      cut.end = range.begin + (to - offset);
    }
    offset += size;
  }
  return share;
}

/// The ranges that one subtask of a source has still to read, in order.
///
/// With the parallelism of the snapshot each subtask goes on where it was; one that had ended has nothing
/// left, so it ends again at once. With another one what all had left is shared out anew.
template <class Range>
class source_parts {
public:
  source_parts() = default;
  source_parts(const source_parts&) = delete;
  source_parts& operator=(const source_parts&) = delete;

  /// Makes them a state of the operator. `all` gives what there is when the job begins from nothing; `total`
  /// must be the same whenever it goes on. Throws state_error and std::invalid_argument.
  template <class All>
  void open(operator_context& context, std::uint64_t total, All all) {
    mine_ = {context.subtask(), context.parallelism(), total, {}};
    state_type type{"weir: left to read", state_kind::operator_union_list, {}, {}, type_name<Range>(), {}};
    auto elements = context.states().add_elements(type, this, &collect);
    std::vector<Range> left;
    bool is_anew = elements.empty();
    for (const std::string& bytes : elements) {
      element each;
      if (std::string fault = read_element(bytes, each); !fault.empty())
        throw state_error{"the snapshot of a source cannot be read: " + fault};
      if (each.total != total)
        throw std::invalid_argument{"the snapshot is of a source of " + std::to_string(each.total) +
                                    " records, and this one has " + std::to_string(total) +
                                    ": begin without the snapshot, or give it another uid"};
      if (each.parallelism == mine_.parallelism && each.subtask == mine_.subtask)
        return take(std::move(each.left));
      left.insert(left.end(), each.left.begin(), each.left.end());
    }
    take(share_of(is_anew ? all() : left, mine_.subtask, mine_.parallelism));
  }

  [[nodiscard]] bool empty() const { return at_ == mine_.left.size(); }
  /// The range that is next to be read. Requires that there is one.
  [[nodiscard]] const Range& front() const { return mine_.left[at_]; }
  /// It has been read up to here: its end or beyond is the end of it.
  void read_to(std::uint64_t position) {
    mine_.left[at_].begin = position;
    if (position >= mine_.left[at_].end)
      ++at_;
  }

private:
  struct element {
    std::uint32_t subtask = 0;
    std::uint32_t parallelism = 1;
    std::uint64_t total = 0;
    std::vector<Range> left;
  };

  void take(std::vector<Range> left) { mine_.left = std::move(left); }

  static void collect(void* of, std::vector<std::string>& to) {
    auto& self = *static_cast<source_parts*>(of);
    self.mine_.left.erase(self.mine_.left.begin(),
                          self.mine_.left.begin() + static_cast<std::ptrdiff_t>(std::exchange(self.at_, 0)));
    append_element(to.emplace_back(), self.mine_);
  }

  element mine_;
  std::size_t at_ = 0; ///< of those in `mine_.left`
};

/// [begin, end) of the numbers that generate() counts.
struct number_range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const number_range&) const = default;
};

} // namespace weir::detail
