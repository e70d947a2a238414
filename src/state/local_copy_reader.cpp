#include "state/local_copy_reader.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace weir {

namespace {

class local_copy_reader final : public readable_file {
public:
  local_copy_reader(file_system& files, local_copy_ptr copy, std::unique_ptr<readable_file> file,
                    std::shared_ptr<restored_files> count)
      : files_{files}, copy_{std::move(copy)}, file_{std::move(file)}, count_{std::move(count)} {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) override {
    std::scoped_lock lock{mutex_};
    if (!original_) {
      auto count = read_copy(offset, into);
      if (count)
        return count;
      if (auto opened = open_original(count.failure()); !opened)
        return opened.failure();
    }
    return original_->read_at(offset, into);
  }

  [[nodiscard]] std::uint64_t size() const override { return copy_->size; }

private:
  result<std::size_t> read_copy(std::uint64_t offset, std::span<char> into) {
    std::size_t read = 0;
    while (read < into.size() && offset + read < copy_->size) {
      std::uint64_t at = offset + read;
      if (auto loaded = load(at / local_copy::piece_size); !loaded)
        return loaded.failure();
      std::span<const char> found = std::span{piece_}.subspan(at % local_copy::piece_size);
      found = found.first(std::min(found.size(), into.size() - read));
      std::ranges::copy(found, into.begin() + static_cast<std::ptrdiff_t>(read));
      read += found.size();
    }
    count_->copied_bytes += read;
    return read;
  }

  /// Makes the piece the one in memory.
  result<void> load(std::uint64_t number) {
    if (loaded_ == number)
      return {};
    loaded_.reset();
    std::uint64_t begin = number * local_copy::piece_size;
    piece_.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(local_copy::piece_size, copy_->size - begin)));
    auto count = file_->read_at(begin, piece_);
    if (!count)
      return count.failure();
    if (*count != piece_.size() || hash64(piece_) != copy_->hashes[number])
      return error{errc::corrupt,
                   "the local copy " + copy_->path + " is damaged behind byte " + std::to_string(begin)};
    loaded_ = number;
    return {};
  }

  result<void> open_original(const error& why) {
    log::state.warn("local copy of a snapshot file not used",
                    {{"file", copy_->original}, {"why", why.message()}});
    auto file = files_.open(copy_->original);
    if (!file)
      return file.failure();
    original_ = std::move(*file);
    --count_->copies;
    ++count_->originals;
    return {};
  }

  file_system& files_;
  local_copy_ptr copy_;
  std::unique_ptr<readable_file> file_;
  std::shared_ptr<restored_files> count_;
  std::mutex mutex_;
  std::vector<char> piece_;
  std::optional<std::uint64_t> loaded_;     ///< the number of piece_
  std::unique_ptr<readable_file> original_; ///< once the copy has failed
};

} // namespace

result<std::unique_ptr<readable_file>> open_local_copy(file_system& files, local_copy_ptr copy,
                                                       std::shared_ptr<restored_files> count) {
  auto file = files.open(copy->path);
  if (!file)
    return file.failure();
  if ((*file)->size() != copy->size)
    return error{errc::corrupt, "the local copy " + copy->path + " has " + std::to_string((*file)->size()) +
                                    " bytes instead of " + std::to_string(copy->size)};
  ++count->copies;
  return std::unique_ptr<readable_file>{
      std::make_unique<local_copy_reader>(files, std::move(copy), std::move(*file), std::move(count))};
}

} // namespace weir
