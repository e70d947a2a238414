// The checkpoints of a task: the half of it that has snapshots written and speaks with the coordinator.
#include "actors/task.hpp"

#include "base/log.hpp"

#include <caf/send.hpp>

#include <utility>

namespace weir::actors {

subtask_setup task::prepare(start_task what) {
  if (what.checkpoints) {
    const checkpoint_plan& plan = *what.checkpoints;
    what.setup.checkpoints =
        subtask_checkpoints{.mode = plan.exactly_once ? barrier_aligner::mode::exactly_once
                                                      : barrier_aligner::mode::at_least_once,
                            .transport = this,
                            .incremental = plan.incremental};
    writer_ = std::make_shared<checkpoint_writer>(*around_->environment,
                                                  checkpoint_writer::settings{
                                                      {plan.dir, attempt_.job},
                                                      attempt_,
                                                      plan.incremental,
                                                      what.setup.options.snapshots,
                                                      plan.local_copies ? around_->copies : nullptr,
                                                  });
    code_ = what.setup.code;
    if (plan.local_copies) {
      restored_ = std::make_shared<restored_files>();
      what.setup.open_snapshot = [copies = around_->copies, count = restored_](const std::string& path) {
        return copies->open(path, count);
      };
    }
  }
  return std::move(what.setup);
}

void task::log_restored() const {
  if (!restored_ || restored_->copies + restored_->originals == 0)
    return;
  log::task.info(restored_->copies > 0 ? "state restored from local copies"
                                       : "state restored without local copies",
                 {{"job", attempt_.job},
                  {"task", subtask_.name()},
                  {"subtask", attempt_.subtask},
                  {"files", restored_->copies.load()},
                  {"bytes", restored_->copied_bytes.load()},
                  {"other_files", restored_->originals.load()}});
}

void task::on(const notify_task& message) {
  if (!opened_ || ended_)
    return;
  std::visit(
      [this]<class Notice>(const Notice& notice) {
        if constexpr (std::is_same_v<Notice, trigger_checkpoint>)
          subtask_.on_trigger(notice);
        else if constexpr (std::is_same_v<Notice, checkpoint_completed>)
          subtask_.on_checkpoint_completed(notice.checkpoint);
        else
          subtask_.on_checkpoint_aborted(notice.checkpoint);
      },
      message.notice);
}

void task::write_snapshot(checkpoint_id checkpoint, snapshot_head head,
                          std::vector<operator_state_cut> cuts) {
  struct order {
    std::shared_ptr<const detail::stream_graph> code; // of the cuts, so it goes last
    std::shared_ptr<checkpoint_writer> writer;
    snapshot_head head;
    std::vector<operator_state_cut> cuts;
  };
  ++snapshots_being_written_;
  auto ordered = std::make_shared<order>(order{code_, writer_, std::move(head), std::move(cuts)});
  around_->environment->executor().run(
      [ordered, checkpoint, stop = stop_writing_.get_token(), self = caf::actor_cast<caf::actor>(this)] {
        auto written =
            ordered->writer->write(checkpoint, std::move(ordered->head), std::move(ordered->cuts), stop);
        ordered->cuts.clear();
        caf::anon_send(self, snapshot_written{checkpoint, std::move(written)});
      });
}

void task::discard_snapshot(const snapshot_handle& written) {
  around_->environment->executor().run([writer = writer_, written] { writer->discard(written); });
}

void task::acknowledge(checkpoint_id checkpoint, const snapshot_handle& state,
                       const checkpoint_timings& timings) {
  send(slot_, checkpoint_answer{acknowledge_checkpoint{{}, attempt_, checkpoint, state, timings}});
}

void task::decline(checkpoint_id checkpoint, const std::string& reason) {
  send(slot_, checkpoint_answer{decline_checkpoint{{}, attempt_, checkpoint, reason}});
}

void task::end_data() {
  send(slot_, checkpoint_answer{data_ended{{}, attempt_}});
}

} // namespace weir::actors
