#pragma once

#include "wire/completed_checkpoint.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace weir {

/// Who needs which snapshot file. With incremental checkpoints a file belongs to every checkpoint whose chain
/// goes through it, so it may go only when the last of them does.
class checkpoint_files {
public:
  void hold(const std::string& path);
  void hold(const completed_checkpoint& checkpoint);

  void release(const std::string& path);
  void release(const completed_checkpoint& checkpoint);

  /// The files of a checkpoint that belongs to somebody else are never unneeded.
  void borrow(const completed_checkpoint& checkpoint);

  [[nodiscard]] bool is_held(const std::string& path) const { return held_.contains(path); }

  /// The files held by somebody.
  [[nodiscard]] std::set<std::string> held() const;

  /// The files that nobody has held any more since the last call.
  std::vector<std::string> take_unneeded();

private:
  std::map<std::string, std::uint32_t> held_;
  std::set<std::string> borrowed_;
  std::set<std::string> unneeded_;
};

} // namespace weir
