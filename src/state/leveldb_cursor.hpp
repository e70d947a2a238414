#pragma once

#include "state/leveldb_core.hpp"

#include <weir/detail/state.hpp>

#include <leveldb/iterator.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace weir {

/// The entries of one state as they are when the cursor is made. It may be made on one thread and then be
/// used by another; it is opened by the first use.
///
/// An iterator of LevelDB keeps the write buffers and the files of its begin, however old. So it is made anew
/// every few megabytes, from a snapshot that keeps only the entries overwritten meanwhile.
class leveldb_cursor final : public detail::cold_cursor {
public:
  struct range {
    std::string from; ///< in the database's form
    std::string to;   ///< in the database's form; empty: no end
  };

  /// `keep_blocks`: what is read goes to the block cache.
  leveldb_cursor(std::shared_ptr<leveldb_core> core, std::uint16_t state, range bounds, bool keep_blocks);
  ~leveldb_cursor() override;

  [[nodiscard]] bool valid() const override;
  void next() override;
  void seek(std::string_view key) override;
  [[nodiscard]] std::string_view key() const override { return key_; }
  [[nodiscard]] std::string_view value() const override {
    return {iterator_->value().data(), iterator_->value().size()};
  }

private:
  /// Makes the iterator at the first entry not before `from`.
  void open_at(const std::string& from) const;
  /// Goes on to the next entry of the state, if the iterator is not at one.
  void settle() const;

  std::shared_ptr<leveldb_core> core_;
  std::uint16_t state_;
  range bounds_;
  leveldb::ReadOptions options_;
  // Opened by the first use, which may be a question.
  mutable std::unique_ptr<leveldb::Iterator> iterator_;
  mutable std::string key_;
  mutable std::string target_;
  mutable std::uint64_t bytes_since_open_ = 0;
  mutable bool at_end_ = false;
};

} // namespace weir
