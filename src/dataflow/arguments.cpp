#include <weir/arguments.hpp>

#include <algorithm>
#include <charconv>

namespace weir {

namespace {

[[noreturn]] void wrong_form(std::string_view name, std::string_view value, const char* expected) {
  throw argument_error{"--" + std::string{name} + "=" + std::string{value} + " is not " + expected};
}

template <class T>
T parse(std::string_view name, std::string_view value, const char* expected) {
  T parsed{};
  auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), parsed);
  if (failure != std::errc{} || end != value.data() + value.size())
    wrong_form(name, value, expected);
  return parsed;
}

std::string listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names)
    list += (list.empty() ? "--" : ", --") + name;
  return list;
}

} // namespace

namespace detail {

std::int64_t parse_integer(std::string_view name, std::string_view value) {
  return parse<std::int64_t>(name, value, "an integer");
}

double parse_number(std::string_view name, std::string_view value) {
  return parse<double>(name, value, "a number");
}

bool parse_flag(std::string_view name, std::string_view value) {
  if (value == "true" || value == "1" || value == "yes" || value.empty())
    return true;
  if (value == "false" || value == "0" || value == "no")
    return false;
  wrong_form(name, value, "true or false");
}

} // namespace detail

arguments::arguments(const std::vector<std::string>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string& word = given[i];
    if (!word.starts_with("--") || word.size() == 2)
      throw argument_error{"the job's argument \"" + word + "\" is not of the form --name=value"};
    argument parsed;
    if (auto equals = word.find('='); equals != std::string::npos) {
      parsed.name = word.substr(2, equals - 2);
      parsed.value = word.substr(equals + 1);
    } else {
      parsed.name = word.substr(2);
      if (i + 1 < given.size() && !given[i + 1].starts_with("--"))
        parsed.value = given[++i];
    }
    if (std::ranges::find(given_, parsed.name, &argument::name) != given_.end())
      throw argument_error{"--" + parsed.name + " is given twice"};
    given_.push_back(std::move(parsed));
  }
}

const std::string* arguments::find(std::string_view name) {
  if (std::ranges::find(known_, name) == known_.end())
    known_.emplace_back(name);
  auto found = std::ranges::find(given_, name, &argument::name);
  if (found == given_.end())
    return nullptr;
  found->known = true;
  return &found->value;
}

const std::string& arguments::require(std::string_view name) {
  const std::string* value = find(name);
  if (!value)
    throw argument_error{"the job needs the argument --" + std::string{name} + "=VALUE"};
  return *value;
}

void arguments::refuse_unknown() const {
  for (const argument& each : given_) {
    if (!each.known)
      throw argument_error{"the job has no argument --" + each.name + "; " +
                           (known_.empty() ? "it takes none" : "it knows " + listed(known_))};
  }
}

} // namespace weir
