#pragma once

#include <weir/detail/arena.hpp>
#include <weir/detail/contained_text.hpp>
#include <weir/detail/hash.hpp>
#include <weir/detail/pages.hpp>
#include <weir/detail/state/hash_range.hpp>
#include <weir/detail/state/heap_bytes.hpp>
#include <weir/detail/windows/pane_places.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

/// Tables lie in the order of the hashes, and so of the key groups: walking one while looking up in another
/// goes through both in order, without cache misses.
namespace weir::detail {

/// Entries by key, in the order of their hashes. Made to be filled, walked and dropped: removing single
/// entries is possible, but slow.
template <class Slot, class KeyOf>
class pane_table {
public:
  static constexpr bool bare = bare_slot<Slot, KeyOf>;

  explicit pane_table(hash_range range, KeyOf key = {}) : range_{range}, key_{key} { allocate(smallest); }
  pane_table(const pane_table&) = delete;
  pane_table& operator=(const pane_table&) = delete;
  ~pane_table() { destroy(); }

  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const {
    __builtin_prefetch(&places_[index(hash)], 1);
  }

  /// The entry with that key, and whether it is new: then it is what `make()` gave.
  template <class K, class Make>
  [[gnu::always_inline]] std::pair<Slot*, bool> find(const K& key, std::uint64_t hash, Make&& make) {
    if constexpr (bare)
      if (key == 0) [[unlikely]]
        return find_zero(make());
    for (std::size_t at = index(hash);; at = (at + 1) & mask_) {
      place& here = places_[at];
      if (here.template holds<KeyOf>(key_, key, hash)) [[likely]]
        return {here.slot(), false};
      if (here.free(key_))
        return insert(std::forward<Make>(make), hash, at);
    }
  }

  /// nullptr when there is none.
  template <class K>
  [[nodiscard]] Slot* look_up(const K& key, std::uint64_t hash) const {
    if constexpr (bare)
      if (key == 0)
        return zero_ ? zero_.get() : nullptr;
    if (packed())
      return look_up_packed(key, hash);
    for (std::size_t at = index(hash);; at = (at + 1) & mask_) {
      place& here = places_[at];
      if (here.template holds<KeyOf>(key_, key, hash))
        return here.slot();
      if (here.free(key_))
        return nullptr;
    }
  }

  /// Must be called after an entry got a value that may point to text of a batch or of another table.
  void adopt(Slot& slot) {
    if constexpr (contains_text<Slot>) {
      rehome(slot, *texts_);
      if (texts_->size() > compact_at_)
        compact();
    }
  }

  [[nodiscard]] std::size_t size() const { return size_ + (has_zero() ? 1 : 0); }

  /// Memory held, what entries have allocated as of the last count_heap() included.
  [[nodiscard]] std::size_t bytes() const { return places_.size() * sizeof(place) + texts_->size() + heap_; }
  /// What is held besides when so many more entries have made the table grow; mostly 0.
  [[nodiscard]] std::size_t growth_ahead(std::size_t more) const {
    return size_ + more < limit_of(places_.size()) ? 0 : 2 * places_.size() * sizeof(place);
  }
  static constexpr bool allocates = can_allocate<Slot>();
  void count_heap() {
    heap_ = 0;
    if constexpr (allocates)
      visit(0, size(), [this](const Slot& slot, std::uint64_t) { heap_ += heap_bytes(slot); });
  }

  /// Room for `entries` without growing. Entries that come in the order of their hashes need it: in a small
  /// table they would all be next to each other.
  void reserve(std::size_t entries) {
    std::size_t capacity = places_.size();
    while (limit_of(capacity) <= entries)
      capacity *= 2;
    if (capacity != places_.size())
      rebuild(capacity);
  }

  /// Removes an entry. Requires that it is there, and that the table is not packed.
  template <class K>
  void erase(const K& key, std::uint64_t hash) {
    if constexpr (bare)
      if (key == 0) {
        zero_.reset();
        return;
      }
    std::size_t hole = index(hash);
    while (!places_[hole].template holds<KeyOf>(key_, key, hash))
      hole = (hole + 1) & mask_;
    std::destroy_at(places_[hole].slot());
    // Those behind it that a search would not find any more move up.
    for (std::size_t at = (hole + 1) & mask_; !places_[at].free(key_); at = (at + 1) & mask_) {
      std::uint64_t its_hash = places_[at].hash(key_);
      if (((at - index(its_hash)) & mask_) < ((at - hole) & mask_))
        continue;
      put(places_[hole], its_hash, std::move(*places_[at].slot()));
      std::destroy_at(places_[at].slot());
      hole = at;
    }
    std::memset(static_cast<void*>(&places_[hole]), 0, sizeof(place));
    --size_;
  }

  /// Calls `visit(entry, hash)` for places from `from` on until `limit` entries were visited; returns the
  /// place to go on from, or end() after the last.
  template <class Visit>
  std::size_t visit(std::size_t from, std::size_t limit, Visit&& visit) const {
    std::size_t last = packed() ? size_ : places_.size();
    for (; from < last && limit > 0; ++from) {
      place& here = places_[from];
      if (here.free(key_))
        continue;
      visit(*here.slot(), here.hash(key_));
      --limit;
    }
    if (from == last && limit > 0 && has_zero()) {
      visit(*zero_, hash_of(*zero_));
      ++from;
    }
    return from;
  }
  [[nodiscard]] std::size_t end() const { return (packed() ? size_ : places_.size()) + (has_zero() ? 1 : 0); }

  /// Calls `visit(entry, hash)` for all entries with a hash in the range, which lies in that of the table.
  template <class Visit>
  void visit_range(const hash_range& range, Visit&& visit) const {
    if (has_zero() && range.contains(hash_of(*zero_)))
      visit(*zero_, hash_of(*zero_));
    std::size_t at = index(range.low), last = index(range.last());
    if (packed()) {
      auto visit_if = [&](place& here) {
        if (range.contains(here.hash(key_)))
          visit(*here.slot(), here.hash(key_));
        return false;
      };
      search_packed(at, last, visit_if);
      return;
    }
    // An entry may be behind where it belongs, up to the next free place.
    for (std::size_t seen = 0, own = last - at; seen < places_.size(); ++seen, at = (at + 1) & mask_) {
      place& here = places_[at];
      bool free = here.free(key_);
      if (!free && range.contains(here.hash(key_)))
        visit(*here.slot(), here.hash(key_));
      if (free && seen > own)
        return;
    }
  }

  /// The same entries without free places between them, moved out of this table. What comes of it can be
  /// read, but not added to. `memory` is empty, or a packed table that is not needed any more.
  std::shared_ptr<pane_table> pack(std::shared_ptr<pane_table> memory) {
    if (memory)
      memory->destroy();
    else
      memory.reset(new pane_table{range_, key_, no_places{}});
    memory->take_packed(*this);
    return memory;
  }

  [[nodiscard]] bool packed() const { return !marks_.empty(); }

  /// Drops all entries, keeps the memory.
  void clear() {
    destroy();
    if (size_ != 0)
      std::memset(static_cast<void*>(places_.data()), 0, places_.size() * sizeof(place));
    size_ = 0;
    heap_ = 0;
    zero_.reset();
    texts_->clear();
    compact_at_ = smallest_compaction;
  }

  /// The same, for entries of another range of hashes. Not when packed.
  void clear(const hash_range& range) {
    clear();
    range_ = range;
    spread();
  }

private:
  using place = std::conditional_t<bare, bare_place<Slot, KeyOf>, hashed_place<Slot, KeyOf>>;

  struct no_places {};
  pane_table(hash_range range, KeyOf key, no_places) : range_{range}, key_{key} {}

  static constexpr std::size_t smallest = 64;
  static constexpr std::size_t places_a_mark = 64; ///< of what is packed
  static constexpr std::size_t smallest_compaction = 1024 * 1024;
  /// A search that is longer says that entries came in the order of their hashes: see reserve().
  static constexpr std::size_t longest_search = 128;

  static std::size_t limit_of(std::size_t capacity) { return capacity / 8 * 5; }

  [[gnu::always_inline]] [[nodiscard]] std::size_t index(std::uint64_t hash) const {
    return static_cast<std::size_t>(static_cast<unsigned __int128>(hash - range_.low) * factor_ >> 64) &
           mask_;
  }
  [[nodiscard]] std::uint64_t hash_of(const Slot& slot) const { return hash_key(std::invoke(key_, slot)); }
  [[nodiscard]] bool has_zero() const { return zero_ != nullptr; }
  void allocate(std::size_t capacity) {
    places_ = page_array<place>{capacity};
    mask_ = capacity - 1;
    spread();
  }

  void spread() {
    factor_ =
        static_cast<std::uint64_t>((static_cast<unsigned __int128>(places_.size()) << 16) / range_.width);
  }

  void destroy() {
    if constexpr (!std::is_trivially_destructible_v<Slot>)
      visit(0, size(), [](Slot& slot, std::uint64_t) { std::destroy_at(&slot); });
  }

  [[gnu::noinline]] std::pair<Slot*, bool> find_zero(const Slot& like) {
    bool fresh = !has_zero();
    if (fresh)
      zero_ = std::make_unique<Slot>(like);
    return {zero_.get(), fresh};
  }

  template <class Make>
  [[gnu::noinline]] std::pair<Slot*, bool> insert(Make&& make, std::uint64_t hash, std::size_t at) {
    bool crowded = ((at - index(hash)) & mask_) > longest_search && size_ > places_.size() / 16;
    if (size_ >= limit_of(places_.size()) || crowded) {
      rebuild(places_.size() * 2);
      at = free_place(hash);
    }
    Slot* slot = put(places_[at], hash, make());
    ++size_;
    adopt(*slot);
    return {slot, true};
  }

  template <class Value>
  Slot* put(place& at, std::uint64_t hash, Value&& value) {
    if constexpr (bare) {
      at.value = value;
      return &at.value;
    } else {
      Slot* slot = ::new (static_cast<void*>(at.bytes)) Slot(std::forward<Value>(value));
      at.mark = place::mark_of(hash);
      return slot;
    }
  }

  [[nodiscard]] std::size_t free_place(std::uint64_t hash) const {
    std::size_t at = index(hash);
    while (!places_[at].free(key_))
      at = (at + 1) & mask_;
    return at;
  }

  void take_packed(pane_table& from) {
    factor_ = from.factor_;
    mask_ = from.mask_;
    if (places_.size() <= from.size_)
      places_ = page_array<place>{from.size_ + from.size_ / 16 + 1};
    size_ = farthest_ = 0;
    marks_.clear();
    marks_.reserve(from.places_.size() / places_a_mark + 2);
    for (std::size_t at = 0; at < from.places_.size(); ++at) {
      if (at % places_a_mark == 0)
        marks_.push_back(static_cast<std::uint32_t>(size_));
      place& here = from.places_[at];
      if (here.free(key_))
        continue;
      std::uint64_t hash = here.hash(key_);
      farthest_ = std::max(farthest_, (at - index(hash)) & mask_);
      put(places_[size_++], hash, std::move(*here.slot()));
    }
    marks_.push_back(static_cast<std::uint32_t>(size_));
    heap_ = std::exchange(from.heap_, 0);
    zero_ = std::move(from.zero_);
    texts_.swap(from.texts_);
    from.texts_->clear();
  }

  template <class K>
  [[nodiscard]] Slot* look_up_packed(const K& key, std::uint64_t hash) const {
    Slot* found = nullptr;
    std::size_t home = index(hash);
    search_packed(home, home, [&](place& here) {
      if (here.template holds<KeyOf>(key_, key, hash))
        found = here.slot();
      return found != nullptr;
    });
    return found;
  }

  /// Calls `f` until it returns true, for all entries that belong to [first, last] and some others.
  template <class F>
  void search_packed(std::size_t first, std::size_t last, F&& f) const {
    std::size_t capacity = mask_ + 1, end = last + farthest_ + 1;
    auto search = [&](std::size_t from, std::size_t to) {
      std::size_t stop = marks_[std::min((to + places_a_mark - 1) / places_a_mark, marks_.size() - 1)];
      for (std::size_t at = marks_[from / places_a_mark]; at < stop; ++at)
        if (f(places_[at]))
          return true;
      return false;
    };
    // Entries that found no place before the end are at the beginning.
    if (search(first, std::min(end, capacity)) || end <= capacity)
      return;
    std::size_t begin = first / places_a_mark * places_a_mark;
    search(0, std::min(end - capacity, begin));
  }

  [[gnu::noinline]] void rebuild(std::size_t capacity) {
    page_array<place> old = std::move(places_);
    allocate(capacity);
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (old[i].free(key_))
        continue;
      std::uint64_t hash = old[i].hash(key_);
      put(places_[free_place(hash)], hash, std::move(*old[i].slot()));
      std::destroy_at(old[i].slot());
    }
  }

  /// Drops the bytes of texts that were replaced.
  [[gnu::noinline]] void compact() {
    auto fresh = std::make_unique<arena>();
    visit(0, size(), [&](Slot& slot, std::uint64_t) { rehome(slot, *fresh); });
    texts_ = std::move(fresh);
    compact_at_ = std::max(smallest_compaction, texts_->size() * 2);
  }

  hash_range range_;
  [[no_unique_address]] KeyOf key_;
  page_array<place> places_;
  std::size_t mask_ = 0;
  std::uint64_t factor_ = 0; ///< places per hash, in units of 2^-64
  std::size_t size_ = 0;
  std::vector<std::uint32_t> marks_; ///< packed: entries before each 64th place; empty when not packed
  std::size_t farthest_ = 0;         ///< packed: how far behind its place an entry was at most
  std::unique_ptr<Slot> zero_;       ///< the entry of key 0
  std::unique_ptr<arena> texts_ = std::make_unique<arena>();
  std::size_t compact_at_ = smallest_compaction;
  std::size_t heap_ = 0; ///< what entries have allocated, when it was counted last
};

} // namespace weir::detail
