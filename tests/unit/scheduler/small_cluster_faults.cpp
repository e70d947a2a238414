// What breaks in a small cluster.
#include "small_cluster.hpp"

namespace weir {

using namespace std::chrono_literals;

void small_cluster::fault() {
  node& of = nodes_[draw(nodes_.size())];
  switch (draw(8)) {
  case 0:
  case 1:
    cut(of);
    break;
  case 2:
  case 3: // the process dies; without a paused machine the master's end of the connection closes soon
    cut(of);
    start_process(of);
    break;
  case 4:
    of.paused = !of.paused;
    break;
  case 5:
    of.paused = true;
    for (int i = 0; i < 6; ++i)
      tick(2s);
    while (deliver(resources_box_))
      continue;
    of.paused = false;
    break;
  case 6:
    if (!jobs_.empty() && draw(2) == 0) {
      auto victim = std::next(jobs_.begin(), static_cast<std::ptrdiff_t>(draw(jobs_.size())));
      auto& [id, each] = *victim;
      if (each.core && each.bound)
        each.box.push_back([this, id = id, &each] { perform(id, each.core->on_cancel(0)); });
    }
    break;
  case 7:
    if (draw(4) == 0)
      restart_master();
    break;
  }
}

void small_cluster::start_process(node& of) {
  if (of.known_up)
    notice_loss(of, "connection closed");
  of.process = process_numbered(++processes_);
  of.up = of.dialling = of.paused = false;
  of.tasks.clear();
  of.core = std::make_unique<worker_core>(
      worker_settings{.self = of.process,
                      .data_address = draw(2) == 0 ? of.address : address_of(1'000 + processes_),
                      .slots = std::vector<resource_profile>(slots_)});
  perform(of, of.core->start(now_));
}

/// All that is under way is lost; each side notices when it likes.
void small_cluster::cut(node& of) {
  of.wire = false;
  of.to_master.clear();
  of.to_worker.clear();
}

void small_cluster::notice_loss(node& of, const std::string& reason) {
  of.known_up = false;
  of.wire = false;
  of.to_master.clear();
  of.to_worker.clear();
  resources_box_.push_back(
      [this, process = of.process, reason] { perform(resources_->on_disconnected(process, reason, now_)); });
}

void small_cluster::restart_master() {
  ++epoch_.value;
  resources_box_.clear();
  resources_ = std::make_unique<resource_manager_core>(
      resource_settings{.epoch = epoch_, .slot_request_timeout = 60s});
  for (node& each : nodes_) {
    cut(each);
    each.known_up = false;
  }
  std::erase_if(jobs_, [](const auto& each) { return !each.second.settings.checkpoints.enabled(); });
  for (auto& [id, each] : jobs_) {
    each.box.clear();
    each.late_box.clear();
    each.losses.clear();
    each.need = 0;
    // What was on its way to the store may have come there, or its beginning.
    while (!each.store_work.empty() && draw(2) == 0) {
      do_store_work(id, each, each.store_work.front());
      each.store_work.pop_front();
    }
    each.store_work.clear();
    bool ended = !each.bound || !each.core || (each.ending && (!each.storing || draw(2) == 0));
    each.storing = each.ending = false;
    if (ended) {
      each.core.reset();
      each.storage.close();
    } else {
      start_job(id, each);
    }
  }
}

void small_cluster::heal() {
  faults_ = 0;
  store_slowness_ = 1;
  for (node& each : nodes_) {
    each.paused = false;
    each.slowness = 1;
  }
}

} // namespace weir
