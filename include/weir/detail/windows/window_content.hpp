#pragma once

#include <weir/detail/windows/evictors.hpp>
#include <weir/detail/windows/pane_folds.hpp>

#include <utility>
#include <vector>

namespace weir::detail {

/// Keeps the accumulator of a fold per window: for windows without an evictor.
template <class Fold>
class folded_content {
public:
  using record = typename Fold::record;
  using type = typename Fold::accumulator_type;
  using out = typename Fold::out;

  explicit folded_content(Fold fold) : fold_{std::move(fold)} {}

  type make(const record& first, event_time) {
    auto slot = fold_.make(fold_.key_of_record(first), first);
    return std::move(Fold::accumulator(slot));
  }
  void add(type& to, const record& from, event_time) { fold_.add(to, from); }
  void merge(type& to, const type& later) { fold_.merge(to, later); }

  template <class Key, class Out>
  void emit(const Key& key, type& content, const window& of, Out& out) {
    fold_.emit(key, std::as_const(content), of, out);
  }

private:
  Fold fold_;
};

/// Keeps all records of a window, and folds those that the evictor leaves when it fires.
template <class Fold, class Evictor>
class evicted_content {
public:
  using record = typename Fold::record;
  using type = std::vector<timed_record<record>>;
  using out = typename Fold::out;

  evicted_content(Fold fold, Evictor evictor) : fold_{std::move(fold)}, evictor_{std::move(evictor)} {}

  type make(const record& first, event_time time) { return {{time, first}}; }
  void add(type& to, const record& from, event_time time) { to.push_back({time, from}); }
  void merge(type& to, const type& later) { to.insert(to.end(), later.begin(), later.end()); }

  template <class Key, class Out>
  void emit(const Key& key, type& content, const window& of, Out& out) {
    evictor_.evict(content, of);
    if (content.empty())
      return;
    auto slot = fold_.make(fold_.key_of_record(content.front().record), content.front().record);
    auto& all = Fold::accumulator(slot);
    for (std::size_t i = 1; i < content.size(); ++i)
      fold_.add(all, content[i].record);
    fold_.emit(key, std::as_const(all), of, out);
  }

private:
  Fold fold_;
  Evictor evictor_;
};

} // namespace weir::detail
