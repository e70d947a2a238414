#pragma once

#include "base/options.hpp"
#include "faulty_platform.hpp"
#include "state/leveldb_database.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weir::testing {

/// A database of little memory in a folder of its own, on a disk that a test can break.
struct leveldb_fixture {
  temporary_folder folder;
  faulty_platform platform;
  leveldb_settings settings;

  leveldb_fixture() { settings.folders = {parent()}; }

  [[nodiscard]] std::string parent() const { return folder / "state"; }

  leveldb_database create(std::uint64_t budget = leveldb_memory_min) {
    auto memory = split_leveldb_memory(budget, settings);
    REQUIRE(memory);
    auto made = leveldb_database::create(platform, settings, *memory);
    REQUIRE_MESSAGE(made, (made ? "" : made.failure().message()));
    return std::move(*made);
  }

  std::vector<file_info> files_of(const leveldb_database& database) {
    return *platform.files().list(database.folder());
  }
};

/// A key as a table makes it: key group, then the key in ordered form.
inline std::string key_of(std::uint16_t group, std::string_view rest) {
  std::string key{static_cast<char>(group >> 8), static_cast<char>(group & 0xff)};
  return key.append(rest);
}

inline std::string number_key(std::uint64_t number, std::uint16_t groups = 128) {
  std::string rest;
  for (int shift = 56; shift >= 0; shift -= 8)
    rest.push_back(static_cast<char>(number >> shift));
  return key_of(static_cast<std::uint16_t>(number * 0x9e3779b97f4a7c15u >> 48) % groups, rest);
}

inline void put(detail::cold_store& store, const std::string& key, const std::string& value) {
  store.write({{key, value}});
}

inline void erase(detail::cold_store& store, const std::string& key) {
  store.write({{key, std::nullopt}});
}

/// The value, or "-".
inline std::string value_of(detail::cold_store& store, const std::string& key) {
  std::string value;
  return store.get(key, value) ? value : "-";
}

/// "key=value" of all that is left of a cursor, without the key groups.
inline std::vector<std::string> rest_of(detail::cold_cursor& cursor) {
  std::vector<std::string> all;
  for (; cursor.valid(); cursor.next())
    all.push_back(std::string{cursor.key().substr(2)} + "=" + std::string{cursor.value()});
  return all;
}

/// What the call throws, which must be a state_error.
template <class Call>
std::string failure_of(Call call) {
  try {
    call();
  } catch (const detail::state_error& failure) {
    return failure.what();
  }
  return "";
}

} // namespace weir::testing
