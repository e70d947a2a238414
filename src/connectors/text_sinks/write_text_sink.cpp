#include "base/platform.hpp"

#include <weir/detail/builtin.hpp>
#include <weir/detail/record_type.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace weir::detail {

namespace {

/// Bytes gathered before they are given to the system.
constexpr std::size_t write_size = 256 * 1024;

void check(const result<void>& done) {
  if (!done)
    throw std::runtime_error{done.failure().message()};
}

/// One file per subtask, under a name that begins with '.' until the input has ended.
///
/// The folder must not hold another job's results. As subtasks start and end at different times, part files
/// alone do not tell whose they are: before a job's first part file appears, its marker `.job-<id>` is there.
class write_text_sink final : public stream_operator {
public:
  explicit write_text_sink(std::string folder) : folder_{std::move(folder)} {}
  ~write_text_sink() override { discard(); }

  void open(operator_context& context) override {
    files_ = &context.platform().files();
    check(files_->create_folders(folder_));
    claim_folder(context.job());
    std::string name = "part-" + std::to_string(context.subtask()) + "-0";
    committed_name_ = folder_ + '/' + name;
    open_name_ = folder_ + "/." + name + '.' + context.job() + '-' + std::to_string(context.attempt());
    auto file = files_->create(open_name_);
    if (!file)
      throw std::runtime_error{file.failure().message()};
    file_ = std::move(*file);
  }

  void process(std::uint32_t, batch_ptr& records) override {
    const batch_base& batch = *records;
    for (std::uint32_t i = 0; i < batch.size; ++i) {
      batch.type->format(batch, i, buffer_);
      buffer_.push_back('\n');
    }
    if (buffer_.size() >= write_size)
      write();
  }

  void end_of_input(std::uint32_t) override {
    write();
    check(file_->sync());
    check(file_->close());
    file_.reset();
    if (files_->info(committed_name_))
      throw std::runtime_error{committed_name_ +
                               " has appeared while the job ran: another job writes to this folder"};
    check(files_->rename(open_name_, committed_name_));
    check(files_->sync_folder(folder_));
  }

  void close() noexcept override { discard(); }

private:
  void claim_folder(const std::string& job) {
    std::string marker = folder_ + "/.job-" + job;
    if (files_->info(marker))
      return;
    auto entries = files_->list(folder_);
    if (!entries)
      throw std::runtime_error{entries.failure().message()};
    for (const file_info& entry : *entries)
      if (std::string_view{entry.path}.substr(entry.path.rfind('/') + 1).starts_with("part-"))
        throw std::runtime_error{"the output folder " + folder_ +
                                 " holds results already: remove its part files or choose another folder"};
    auto created = files_->create(marker, true);
    if (!created && created.failure().code() != errc::already_exists)
      throw std::runtime_error{created.failure().message()};
  }

  void write() {
    check(file_->append(buffer_));
    buffer_.clear();
  }

  /// An unfinished file is of no use to anyone.
  void discard() noexcept {
    if (!file_)
      return;
    file_.reset();
    (void)files_->remove(open_name_);
  }

  std::string folder_;
  file_system* files_ = nullptr;
  std::string open_name_;
  std::string committed_name_;
  std::unique_ptr<writable_file> file_;
  std::string buffer_;
};

} // namespace

std::unique_ptr<stream_operator> make_write_text_sink(std::string folder) {
  return std::make_unique<write_text_sink>(std::move(folder));
}

} // namespace weir::detail
