#pragma once

#include <weir/collector.hpp>
#include <weir/detail/graph_builder.hpp>
#include <weir/detail/operator.hpp>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {

/// Names a second stream that a function emits to: `context.side(late).emit(…)` inside, `stream.side(late)`
/// to read it. What nothing reads is dropped. Cheap to copy into functions.
template <class T>
class side_output {
public:
  using record = T;

  explicit side_output(std::string name) : name_{std::make_shared<const std::string>(std::move(name))} {
    if (name_->empty())
      throw std::invalid_argument{"a side output needs a name"};
  }

  [[nodiscard]] const std::string& name() const { return *name_; }
  /// For the engine.
  [[nodiscard]] const std::shared_ptr<const std::string>& shared_name() const { return name_; }

private:
  std::shared_ptr<const std::string> name_;
};

namespace detail {

/// Takes records that nothing reads.
class no_output final : public output {
public:
  void emit(batch_ptr&) override {}
};

/// The collectors of an operator's side outputs, made when they are first used.
class side_collectors {
public:
  void open(operator_context& context) { context_ = &context; }

  /// The collector of a side output, set to the event time of the present record if that is `timed`. Throws
  /// std::logic_error when the stream is read with another type than `T`.
  template <class T>
  collector<T>& get(const weir::side_output<T>& tag, bool timed, event_time time) {
    collector<T>& to = find(tag);
    to.begin(timed);
    if (timed)
      to.at(time);
    return to;
  }

  void flush() {
    for (auto& each : all_)
      each->flush();
  }

private:
  template <class T>
  collector<T>& find(const weir::side_output<T>& tag) {
    for (auto& each : all_)
      if (each->name == tag.shared_name() || *each->name == tag.name())
        return *checked<T>(each.get());
    auto added = std::make_unique<one<T>>(tag.shared_name(), &record_type_of<T>());
    added->to.attach(&output_of(*added->name, *added->type));
    all_.push_back(std::move(added));
    return static_cast<one<T>&>(*all_.back()).to;
  }

  struct any {
    any(std::shared_ptr<const std::string> called, const record_type* of)
        : name{std::move(called)}, type{of} {}
    virtual ~any() = default;
    virtual void flush() = 0;

    std::shared_ptr<const std::string> name;
    const record_type* type;
  };

  template <class T>
  struct one final : any {
    using any::any;
    void flush() override { to.flush(); }
    collector<T> to;
  };

  template <class T>
  static collector<T>* checked(any* each) {
    if (each->type != &record_type_of<T>())
      wrong_type(*each->name, *each->type, record_type_of<T>());
    return &static_cast<one<T>*>(each)->to;
  }

  output& output_of(const std::string& name, const record_type& type) {
    const std::vector<weir::detail::side_output>* known = context_->side_outputs();
    for (std::uint32_t i = 0; known && i < known->size(); ++i) {
      if ((*known)[i].name != name)
        continue;
      if (!same_records(*(*known)[i].record, type))
        wrong_type(name, *(*known)[i].record, type);
      return *context_->side_out(i);
    }
    return nowhere_;
  }

  [[noreturn]] static void wrong_type(const std::string& name, const record_type& read,
                                      const record_type& emitted) {
    throw std::logic_error{"the side output \"" + name + "\" has records of type " + read.name +
                           ", but is used for " + emitted.name};
  }

  operator_context* context_ = nullptr;
  no_output nowhere_;
  std::vector<std::unique_ptr<any>> all_;
};

/// The side output of an operator with that name, added where there is none. Throws std::invalid_argument
/// when it is read with another type already.
template <class T>
std::uint32_t side_output_of(environment& env, std::uint32_t node, const std::string& name) {
  const auto& known = env.graph().nodes[node].side_outputs;
  for (std::uint32_t i = 0; i < known.size(); ++i) {
    if (known[i].name != name)
      continue;
    if (!same_records(*known[i].record, record_type_of<T>()))
      throw std::invalid_argument{"the side output \"" + name + "\" of \"" + env.graph().nodes[node].name +
                                  "\" is read as " + known[i].record->name + " and as " +
                                  record_type_of<T>().name};
    return i;
  }
  return add_side_output(env, node, name, &record_type_of<T>());
}

} // namespace detail
} // namespace weir
