#include "exchange/frame.hpp"
#include "fuzz_target.hpp"

#include <weir/detail/codec.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace weir;

struct named {
  std::string name;
  std::vector<std::uint64_t> numbers;
};

const channel_options options{.segment_size = 4096, .batch_max_size = 16 * 1024};

/// Reads what is in the frames, and writes it again. False when they were refused.
bool copy(const std::vector<std::vector<char>>& frames, frame_writer& to) {
  frame_reader reader{detail::record_type_of<named>(), options};
  for (const auto& frame : frames) {
    if (!reader.start(frame))
      return false;
    channel_item item;
    for (;;) {
      auto found = reader.next(item);
      if (!found)
        return false;
      if (!*found)
        break;
      if (item.kind != item_kind::batch)
        to.append(item.kind, item.payload);
      else if (!to.append(*item.records))
        return false;
      reader.recycle(std::move(item.records));
    }
    reader.finish();
  }
  to.flush();
  return true;
}

std::vector<std::vector<char>> taken(frame_writer& from) {
  std::vector<std::vector<char>> frames;
  while (from.has_frame())
    frames.push_back(from.take(frames.size()));
  return frames;
}

} // namespace

/// Frames one after another, each behind its length in two bytes.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::vector<char>> frames;
  while (size >= 2) {
    std::size_t length = std::min<std::size_t>(data[0] | data[1] << 8, size - 2);
    frames.emplace_back(data + 2, data + 2 + length);
    data += 2 + length;
    size -= 2 + length;
  }
  frame_writer once{options};
  if (!copy(frames, once))
    return 0;
  auto written = taken(once);
  frame_writer twice{options};
  require(copy(written, twice), "what was read cannot be read again once it is written");
  require(taken(twice) == written, "what was read changes when it is written");
  return 0;
}
