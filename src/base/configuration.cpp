#include "base/configuration.hpp"

#include "base/options.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <numeric>

namespace weir {

namespace {

/// Deeper than any key; an anchor that contains itself would have no end.
constexpr unsigned nesting_max = 16;

const any_option* find_option(std::string_view key) {
  auto all = all_options();
  auto found = std::ranges::find_if(all, [&](const any_option& candidate) {
    return std::visit([&](auto* of) { return key == of->key; }, candidate);
  });
  return found == all.end() ? nullptr : &*found;
}

/// The fewest insertions, deletions and replacements of characters that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

std::string nearest_key(std::string_view key) {
  std::string nearest;
  std::size_t smallest = std::string_view::npos;
  for (const any_option& candidate : all_options()) {
    std::string known = std::visit([](auto* of) { return std::string{of->key}; }, candidate);
    if (std::size_t distance = edit_distance(key, known); distance < smallest) {
      smallest = distance;
      nearest = known;
    }
  }
  return nearest;
}

std::string in_parentheses(const std::string& source) {
  return source.empty() ? "" : " (" + source + ")";
}

error wrong_form(const any_option& of, std::string_view found, const std::string& source) {
  auto [key, form] = std::visit(
      [](auto* o) {
        return std::pair{std::string{o->key}, expected_form(*o)};
      },
      of);
  return error{errc::invalid_argument, "configuration key " + key + in_parentheses(source) + ": " +
                                           std::string{found} + " is not " + form};
}

/// Puts the scalars of a YAML document into a configuration.
class yaml_reader {
public:
  yaml_reader(configuration& into, const std::string& source) : into_{into}, source_{source} {}

  result<void> read(const YAML::Node& document) {
    if (document.IsNull())
      return {};
    if (!document.IsMap())
      return error{errc::invalid_argument, source_ + " is not a list of \"key: value\" lines"};
    return read_map(document, "", 0);
  }

private:
  result<void> read_map(const YAML::Node& map, const std::string& prefix, unsigned depth) {
    if (depth > nesting_max)
      return error{errc::invalid_argument, source_ + ": the keys under " + prefix + " are nested too deeply"};
    for (const auto& entry : map) {
      if (!entry.first.IsScalar())
        return error{errc::invalid_argument, place(entry.first) + ": a key must be text"};
      if (auto done = read_entry(prefix + entry.first.Scalar(), entry.second, depth, place(entry.first));
          !done)
        return done;
    }
    return {};
  }

  result<void> read_entry(const std::string& key, const YAML::Node& value, unsigned depth,
                          const std::string& where) {
    if (value.IsMap())
      return read_map(value, key + ".", depth + 1);
    if (into_.values().contains(key))
      return error{errc::invalid_argument, "configuration key " + key + " (" + where + ") is given twice"};
    if (value.IsScalar())
      return into_.set(key, value.Scalar(), where);
    if (const any_option* of = find_option(key))
      return wrong_form(*of, value.IsSequence() ? "a list" : "nothing", where);
    return into_.set(key, "", where);
  }

  std::string place(const YAML::Node& node) const {
    return source_ + " line " + std::to_string(node.Mark().line + 1);
  }

  configuration& into_;
  const std::string& source_;
};

} // namespace

result<void> configuration::set(const std::string& key, const std::string& value, const std::string& source) {
  const any_option* known = find_option(key);
  if (!known) {
    warnings_.push_back("configuration key " + key + in_parentheses(source) +
                        " is unknown and ignored; the nearest known key is " + nearest_key(key));
  } else if (!std::visit([&](auto* of) { return read_value(*of, value).has_value(); }, *known)) {
    return wrong_form(*known, "\"" + value + "\"", source);
  }
  values_.insert_or_assign(key, value);
  return {};
}

result<configuration> configuration::parse(std::string_view yaml, const std::string& source,
                                           std::span<const std::string> overrides) {
  configuration values;
  try {
    if (auto done = yaml_reader{values, source}.read(YAML::Load(std::string{yaml})); !done)
      return done.failure();
  } catch (const YAML::Exception& failure) { // the library's only way to say that the text is not YAML
    return error{errc::invalid_argument, source + " is not YAML: " + failure.what()};
  }
  for (const std::string& given : overrides) {
    std::size_t equals = given.find('=');
    if (equals == std::string::npos || equals == 0)
      return error{errc::invalid_argument, "\"-D " + given + "\" is not of the form -D key=value"};
    if (auto done = values.set(given.substr(0, equals), given.substr(equals + 1), "-D"); !done)
      return done.failure();
  }
  if (auto done = check_together(values); !done)
    return done.failure();
  return values;
}

result<configuration> configuration::load(file_system& files, const std::string& path,
                                          std::span<const std::string> overrides) {
  constexpr std::uint64_t longest = 1 << 20; // a configuration file of a megabyte is some other file
  if (path.empty())
    return parse("", "", overrides);
  auto text = files.read_all(path, longest);
  if (!text)
    return text.failure().wrap("cannot read the configuration");
  return parse(*text, path, overrides);
}

} // namespace weir
