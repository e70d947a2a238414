#pragma once

#include "state/leveldb_core.hpp"

#include <weir/detail/state.hpp>

#include <leveldb/write_batch.h>

#include <cstdint>
#include <memory>
#include <string>

namespace weir {

/// One state's part of a database.
class leveldb_store final : public detail::cold_store {
public:
  leveldb_store(std::shared_ptr<leveldb_core> core, std::uint16_t state)
      : core_{std::move(core)}, state_{state} {}

  bool get(std::string_view key, std::string& value) override;
  void write(const std::vector<change>& changes) override;
  std::unique_ptr<detail::cold_cursor> scan(std::string_view from, std::string_view to) override;
  std::unique_ptr<detail::cold_cursor> walk(std::string_view from) override;
  std::unique_ptr<detail::cold_cursor> freeze() override;

private:
  void write_batch();

  std::shared_ptr<leveldb_core> core_;
  std::uint16_t state_;
  std::string key_; // kept, so that a call does not allocate
  leveldb::WriteBatch batch_;
};

} // namespace weir
