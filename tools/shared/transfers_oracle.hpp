#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace weir::testing {

/// What is wrong with lines of examples/transfers, which should tell that the transfers 0 to transfers - 1
/// were done once each and that no money came or went; empty: nothing. Knows nothing of how they came about:
/// it does the books again, from what each account had when each of its transfers was done.
class transfer_books {
public:
  /// `opening_balance`: what each account begins with.
  explicit transfer_books(std::int64_t opening_balance) : opening_balance_{opening_balance} {}

  std::string judge(const std::vector<std::string>& lines, std::uint64_t transfers, std::uint64_t accounts) {
    for (const std::string& line : lines)
      if (std::string wrong = book(line, transfers, accounts); !wrong.empty())
        return wrong;
    if (numbers_.size() != transfers)
      return std::to_string(transfers - numbers_.size()) + " transfers are missing";
    std::int64_t sum = static_cast<std::int64_t>(accounts) * opening_balance_;
    for (auto& [account, of] : bookings_) {
      std::int64_t had_left = opening_balance_, had_got = 0;
      if (!adds_up(of.left, had_left) || !adds_up(of.got, had_got))
        return "account " + std::to_string(account) + " had amounts that its transfers do not explain";
      sum += had_left - opening_balance_ + had_got;
    }
    if (sum != static_cast<std::int64_t>(accounts) * opening_balance_)
      return "the sum of all money is " + std::to_string(sum);
    return {};
  }

private:
  /// How much an account had behind a transfer, and by how much that had changed.
  struct booking {
    std::int64_t after;
    std::int64_t change;
  };

  struct account {
    std::vector<booking> left; ///< of what it began with
    std::vector<booking> got;
  };

  std::string book(const std::string& line, std::uint64_t transfers, std::uint64_t accounts) {
    std::uint64_t number = 0, from = 0, to = 0;
    std::int64_t amount = 0, left = 0, got = 0;
    std::istringstream fields{line};
    if (!(fields >> number >> from >> to >> amount >> left >> got) || number >= transfers ||
        from >= accounts || to >= accounts || from == to || amount < 0 || left < 0)
      return "the line '" + line + "' is no transfer";
    if (!numbers_.insert(number).second)
      return "transfer " + std::to_string(number) + " is there twice";
    bookings_[from].left.push_back({left, -amount});
    bookings_[to].got.push_back({got, amount});
    return {};
  }

  /// Does each booking begin where the one before it ended? `sum` becomes what there is in the end.
  static bool adds_up(std::vector<booking>& bookings, std::int64_t& sum) {
    // In the order in which they were made; those without an amount come when nothing is left to change.
    bool falls = std::ranges::any_of(bookings, [](const booking& each) { return each.change < 0; });
    std::ranges::sort(bookings, {}, [falls](const booking& each) {
      return std::tuple{falls ? -each.after : each.after, each.change == 0};
    });
    for (const booking& each : bookings) {
      if (sum + each.change != each.after)
        return false;
      sum = each.after;
    }
    return true;
  }

  std::int64_t opening_balance_;
  std::set<std::uint64_t> numbers_;
  std::map<std::uint64_t, account> bookings_;
};

} // namespace weir::testing
