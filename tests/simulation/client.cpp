#include "simulation/client.hpp"

#include <algorithm>
#include <memory>

namespace weir::simulation {

using namespace std::chrono_literals;

namespace {

/// A little more than web.timeout, after which the gateway itself gives an answer.
constexpr auto answer_timeout = 15s;

} // namespace

client::client(simulated_cluster& cluster, simulated_job& job, std::uint32_t parallelism, job_id id)
    : cluster_{cluster}, job_{job}, id_{id}, spec_{job.specification(parallelism)}, graph_{job.graph(spec_)} {
  spec_.fingerprint = fingerprint(*graph_);
}

void client::pause(std::chrono::milliseconds length) {
  next_at_ = cluster_.now() + length;
  cluster_.wake_at(next_at_);
}

void client::cancel() {
  cancel_wanted_ = true;
  next_at_ = cluster_.now();
}

void client::on_master_gone() {
  asked_at_.reset();
  ++turn_;
}

template <class Handle>
auto client::answered(Handle handle) {
  // A cluster that ends answers what is still open, and ends after its clients.
  return [this, alive = std::weak_ptr{self_}, turn = turn_, handle](auto answer) {
    if (alive.expired() || turn != turn_)
      return; // or it took too long
    asked_at_.reset();
    if (!cancel_wanted_)
      pause(100ms);
    handle(answer);
  };
}

void client::talk() {
  auto now = cluster_.now();
  auto* gateway = cluster_.gateway();
  if (is_over() || !gateway || now < next_at_ || (asked_at_ && now < *asked_at_ + answer_timeout))
    return;
  ++turn_;
  asked_at_ = now;
  cluster_.wake_at(now + answer_timeout);
  if (next_ == question::upload)
    gateway->put_library(spec_.library_hash, job_.library(), id_,
                         answered([this](const result<void>& answer) {
                           if (answer)
                             next_ = question::submit;
                         }));
  else if (next_ == question::submit)
    gateway->submit({id_, spec_, graph_}, answered([this](const result<job_id>& answer) {
                      next_ = answer ? question::job : question::upload;
                      was_accepted_ = was_accepted_ || answer;
                    }));
  else if (cancel_wanted_)
    gateway->cancel(id_, answered([this](const result<void>& answer) {
                      cancel_wanted_ = !answer && answer.failure().code() != errc::already_exists;
                      if (!answer && answer.failure().code() == errc::not_found)
                        next_ = question::upload;
                    }));
  else
    gateway->job(id_, answered([this](const result<job_details>& answer) { on_details(answer); }));
}

void client::on_details(const result<job_details>& answer) {
  if (!answer) {
    if (answer.failure().code() == errc::not_found) {
      next_ = question::upload; // another master
      times_forgotten_ += was_accepted_ ? 1 : 0;
    }
    return;
  }
  if (on_answer)
    on_answer(*answer);
  end_.state = answer->summary.state;
  if (!is_over())
    return;
  if (!answer->failures.empty())
    end_.cause = answer->failures.back().cause;
  for (const auto& each : answer->results)
    end_.result = sorted_lines(each.value);
}

std::vector<std::string> sorted_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  std::ranges::sort(lines);
  return lines;
}

} // namespace weir::simulation
