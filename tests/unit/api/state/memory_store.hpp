#pragma once

#include <weir/detail/state.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A cold store in memory, which checks what it is asked.
class memory_store final : public weir::detail::cold_store {
  using entries = std::map<std::string, std::string, std::less<>>;

  /// A copy as of now.
  class cursor final : public weir::detail::cold_cursor {
  public:
    explicit cursor(entries all) : all_{std::move(all)}, at_{all_.begin()} {}
    bool valid() const override { return at_ != all_.end(); }
    void next() override { ++at_; }
    void seek(std::string_view key) override { at_ = all_.lower_bound(key); }
    std::string_view key() const override { return at_->first; }
    std::string_view value() const override { return at_->second; }

  private:
    entries all_;
    entries::const_iterator at_;
  };

public:
  bool get(std::string_view key, std::string& value) override {
    ++gets;
    auto at = all.find(key);
    if (at == all.end())
      return false;
    value = at->second;
    return true;
  }

  void write(const std::vector<change>& changes) override {
    if (changes.empty())
      throw std::logic_error{"nothing is written"};
    ++writes;
    for (std::size_t i = 0; i < changes.size(); ++i) {
      if (i > 0 && !(changes[i - 1].key < changes[i].key))
        throw std::logic_error{"keys do not ascend"};
      if (changes[i].value)
        all.insert_or_assign(std::string{changes[i].key}, std::string{*changes[i].value});
      else
        all.erase(std::string{changes[i].key});
    }
  }

  std::unique_ptr<weir::detail::cold_cursor> scan(std::string_view from, std::string_view to) override {
    return std::make_unique<cursor>(
        entries{all.lower_bound(from), to.empty() ? all.end() : all.lower_bound(to)});
  }

  std::unique_ptr<weir::detail::cold_cursor> walk(std::string_view from) override { return scan(from, ""); }

  std::unique_ptr<weir::detail::cold_cursor> freeze() override { return std::make_unique<cursor>(all); }

  entries all;
  std::uint64_t gets = 0;
  std::uint64_t writes = 0;
};
