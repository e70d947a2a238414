#include "exchange/frame.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>
#include <string>

namespace weir {

namespace {

static_assert(std::endian::native == std::endian::little,
              "frames are written as the machine stores integers");

template <class Integer>
void put(std::vector<char>& to, Integer value) {
  std::array<char, sizeof value> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  to.insert(to.end(), bytes.begin(), bytes.end());
}

template <class Integer>
Integer get(std::string_view bytes) {
  Integer value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

error malformed(std::string what) {
  return error{errc::corrupt, "malformed frame: " + std::move(what)};
}

bool is_event(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(item_kind::watermark) &&
         kind <= static_cast<std::uint8_t>(item_kind::idleness);
}

std::size_t event_size(item_kind event) {
  return (event == item_kind::barrier ? 2 : 1) * sizeof(std::uint64_t);
}

} // namespace

result<void> frame_writer::append(const detail::batch_base& records) {
  encoded_.clear();
  records.type->encode(records, encoded_);
  if (encoded_.size() > options_.batch_max_size)
    return error{errc::failed, "a batch of " + std::to_string(records.size) + " records takes " +
                                   std::to_string(encoded_.size()) +
                                   " bytes, more than taskmanager.network.batch.max-size (" +
                                   std::to_string(options_.batch_max_size) + ")"};
  std::string_view left{encoded_.data(), encoded_.size()};
  while (left.size() > room()) {
    // A cut costs the reader a copy, so it must be worth it: small rooms stay empty.
    if (items_ > 0 && room() < options_.segment_size / 4) {
      flush();
      continue;
    }
    std::size_t cut = room();
    append_item(item_kind::batch_part, left.substr(0, cut));
    left.remove_prefix(cut);
    flush();
  }
  append_item(item_kind::batch, left);
  return {};
}

void frame_writer::append(item_kind event, std::uint64_t payload, std::uint64_t base) {
  std::array<std::uint64_t, 2> numbers{payload, base};
  if (room() < event_size(event))
    flush();
  append_item(event, {reinterpret_cast<const char*>(numbers.data()), event_size(event)});
}

std::size_t frame_writer::room() const {
  std::size_t used = std::max(filling_.size(), frame_header_size) + item_header_size;
  return used < options_.segment_size ? options_.segment_size - used : 0;
}

void frame_writer::append_item(item_kind kind, std::string_view bytes) {
  if (filling_.empty()) {
    filling_.reserve(options_.segment_size);
    filling_.resize(frame_header_size);
  }
  filling_.push_back(static_cast<char>(kind));
  put(filling_, static_cast<std::uint32_t>(bytes.size()));
  filling_.insert(filling_.end(), bytes.begin(), bytes.end());
  ++items_;
}

void frame_writer::flush() {
  if (items_ == 0)
    return;
  std::memcpy(filling_.data() + 8, &items_, sizeof items_);
  items_ = 0;
  ready_bytes_ += filling_.size();
  ready_.push_back(std::exchange(filling_, {}));
}

std::vector<char> frame_writer::take(std::uint64_t sequence) {
  assert(has_frame());
  std::vector<char> frame = std::move(ready_.front());
  ready_.pop_front();
  ready_bytes_ -= frame.size();
  std::memcpy(frame.data(), &sequence, sizeof sequence);
  return frame;
}

std::optional<std::uint64_t> frame_sequence(std::string_view frame) {
  if (frame.size() < frame_header_size)
    return std::nullopt;
  return get<std::uint64_t>(frame);
}

result<std::uint64_t> frame_reader::start(std::vector<char> frame) {
  assert(exhausted());
  frame_ = std::move(frame);
  rest_ = {frame_.data(), frame_.size()};
  if (rest_.size() < frame_header_size)
    return malformed(std::to_string(rest_.size()) + " bytes are too few for a header");
  if (rest_.size() > options_.segment_size)
    return malformed(std::to_string(rest_.size()) + " bytes, more than taskmanager.memory.segment-size (" +
                     std::to_string(options_.segment_size) + ")");
  auto sequence = get<std::uint64_t>(rest_);
  items_ = get<std::uint32_t>(rest_.substr(8));
  rest_.remove_prefix(frame_header_size);
  if (items_ == 0)
    return malformed("it has no items");
  return sequence;
}

result<bool> frame_reader::next(channel_item& item) {
  while (items_ > 0) {
    if (rest_.size() < item_header_size)
      return malformed(std::to_string(items_) + " items are missing");
    auto kind = static_cast<std::uint8_t>(rest_.front());
    auto length = get<std::uint32_t>(rest_.substr(1));
    rest_.remove_prefix(item_header_size);
    if (length > rest_.size())
      return malformed("an item of " + std::to_string(length) + " bytes, where " +
                       std::to_string(rest_.size()) + " are left");
    std::string_view bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (--items_ == 0 && !rest_.empty())
      return malformed(std::to_string(rest_.size()) + " bytes behind the last item");

    if (is_event(kind)) {
      item.kind = static_cast<item_kind>(kind);
      if (length != event_size(item.kind))
        return malformed("an event of " + std::to_string(length) + " bytes");
      if (inside_batch())
        return malformed("an event inside a batch");
      item.payload = get<std::uint64_t>(bytes);
      item.base = item.kind == item_kind::barrier ? get<std::uint64_t>(bytes.substr(sizeof item.payload)) : 0;
      item.records = {};
      return true;
    }
    if (kind != static_cast<std::uint8_t>(item_kind::batch) &&
        kind != static_cast<std::uint8_t>(item_kind::batch_part))
      return malformed("unknown item kind " + std::to_string(kind));
    if (assembled_.size() + length > options_.batch_max_size)
      return malformed("a batch larger than taskmanager.network.batch.max-size (" +
                       std::to_string(options_.batch_max_size) + ")");
    if (kind == static_cast<std::uint8_t>(item_kind::batch_part)) {
      if (length == 0)
        return malformed("an empty part of a batch");
      assembled_.insert(assembled_.end(), bytes.begin(), bytes.end());
      continue;
    }
    if (inside_batch()) {
      assembled_.insert(assembled_.end(), bytes.begin(), bytes.end());
      bytes = {assembled_.data(), assembled_.size()};
    }
    auto records = decode(bytes);
    assembled_.clear();
    if (!records)
      return records.failure();
    item.kind = item_kind::batch;
    item.payload = item.base = 0;
    item.records = std::move(*records);
    return true;
  }
  return false;
}

void frame_reader::finish() {
  assert(exhausted());
  frame_ = {};
}

result<detail::batch_ptr> frame_reader::decode(std::string_view bytes) {
  detail::batch_ptr records = std::exchange(spare_, {});
  if (records)
    records->clear();
  else
    records = record_->make_batch(*record_);
  std::string wrong = record_->decode(bytes, *records);
  if (wrong.empty() && !bytes.empty())
    wrong = std::to_string(bytes.size()) + " bytes behind the last record";
  if (!wrong.empty())
    return malformed("records of type " + record_->name + ": " + wrong);
  return records;
}

} // namespace weir
