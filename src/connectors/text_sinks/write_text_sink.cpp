#include "connectors/text_sinks/part_files.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/record_type.hpp>
#include <weir/detail/two_phase_commit.hpp>

#include <memory>
#include <string>
#include <utility>

namespace weir::detail {

namespace {

/// Bytes gathered before they are given to the system.
constexpr std::size_t write_size = 256 * 1024;

/// With checkpoints a part for each that has lines; without them one, which is there also when it is empty.
class write_text_sink final : public stream_operator {
public:
  explicit write_text_sink(std::string folder) : parts_{std::move(folder)} {}
  ~write_text_sink() override { parts_.close(is_needed()); }

  void open(operator_context& context) override {
    checkpointed_ = context.checkpoints_enabled();
    parts_.open(context, !checkpointed_);
    phases_.open(context);
    if (!checkpointed_)
      phases_.begin();
  }

  void process(std::uint32_t, batch_ptr& records) override {
    phases_.begin();
    const batch_base& batch = *records;
    for (std::uint32_t i = 0; i < batch.size; ++i) {
      batch.type->format(batch, i, buffer_);
      buffer_.push_back('\n');
    }
    if (buffer_.size() >= write_size)
      write();
  }

  void before_snapshot(std::uint64_t checkpoint) override {
    write();
    phases_.before_snapshot(checkpoint);
  }
  void on_checkpoint_completed(std::uint64_t checkpoint) override {
    phases_.on_checkpoint_completed(checkpoint);
  }
  [[nodiscard]] bool committed() const override { return phases_.committed(); }

  void end_of_input(std::uint32_t) override {
    write();
    phases_.end_of_input();
  }

  void discard() override { phases_.discard(); }
  void close() noexcept override { parts_.close(is_needed()); }

private:
  /// The next attempt commits what is prepared if the checkpoint was completed.
  [[nodiscard]] bool is_needed() const { return checkpointed_ && phases_.has_prepared(); }

  void write() {
    if (!buffer_.empty())
      parts_.append(buffer_);
    buffer_.clear();
  }

  part_files parts_;
  two_phase_commit phases_{parts_};
  bool checkpointed_ = false;
  std::string buffer_;
};

} // namespace

std::unique_ptr<stream_operator> make_write_text_sink(std::string folder) {
  return std::make_unique<write_text_sink>(std::move(folder));
}

} // namespace weir::detail
