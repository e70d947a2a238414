#include "scheduler/job_store.hpp"

#include <map>

namespace weir {

namespace {

class memory_job_store : public job_store {
public:
  void put(job_record record, std::function<void()> landed) override {
    job_id id = record.id;
    records_.insert_or_assign(id, std::move(record));
    landed();
  }

  void remove(const job_id& id) override { records_.erase(id); }

  std::vector<job_record> all() const override {
    std::vector<job_record> list;
    for (const auto& [id, record] : records_)
      list.push_back(record);
    return list;
  }

private:
  std::map<job_id, job_record> records_;
};

} // namespace

std::unique_ptr<job_store> make_memory_job_store() {
  return std::make_unique<memory_job_store>();
}

} // namespace weir
