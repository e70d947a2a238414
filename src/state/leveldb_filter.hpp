#pragma once

#include <leveldb/filter_policy.h>
#include <leveldb/slice.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace weir {

/// Bloom filters as long as there is memory for them. LevelDB keeps the filters of all open tables, and how
/// much that is depends on the size of the entries: tables written while `has_room` says no get none, and are
/// read for keys that they do not have. Compactions write tables anew, so what is held hovers around the
/// limit.
class leveldb_filter final : public leveldb::FilterPolicy {
public:
  leveldb_filter(std::uint32_t bits_per_key, std::function<bool()> has_room)
      : bloom_{leveldb::NewBloomFilterPolicy(static_cast<int>(bits_per_key))},
        has_room_{std::move(has_room)} {}

  [[nodiscard]] const char* Name() const override { return "weir.bloom"; }

  void CreateFilter(const leveldb::Slice* keys, int count, std::string* to) const override {
    if (has_room_())
      bloom_->CreateFilter(keys, count, to);
    else
      to->push_back(no_filter); // an empty one would mean that there are no keys
  }

  [[nodiscard]] bool KeyMayMatch(const leveldb::Slice& key, const leveldb::Slice& filter) const override {
    return filter.size() <= 1 || bloom_->KeyMayMatch(key, filter);
  }

private:
  static constexpr char no_filter = 0;

  std::unique_ptr<const leveldb::FilterPolicy> bloom_;
  std::function<bool()> has_room_;
};

} // namespace weir
