#include "rest/jar_store.hpp"

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "rest/answers.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace weir {
namespace {

using nlohmann::json;

constexpr std::string_view description_suffix = ".json";
constexpr std::uint64_t description_bytes_max = 1024 * 1024;

std::string safe_name(std::string_view file_name) {
  std::size_t slash = file_name.find_last_of("/\\");
  if (slash != std::string_view::npos)
    file_name.remove_prefix(slash + 1);
  std::string name;
  for (char c : file_name.substr(0, 100)) {
    bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    name += plain ? c : '_';
  }
  return name;
}

json describe(const stored_jar& jar) {
  return {{"id", jar.id},
          {"name", jar.name},
          {"uploaded", jar.uploaded_wall_ms},
          {"size", jar.size},
          {"sha256", jar.sha256},
          {"abi", jar.contents.abi},
          {"jobs", jar.contents.jobs}};
}

/// The description that this class wrote; an error when someone else changed it.
result<stored_jar> read_description(const std::string& path, std::string_view text) {
  json object = json::parse(text, nullptr, false);
  try {
    stored_jar jar;
    object.at("id").get_to(jar.id);
    object.at("name").get_to(jar.name);
    object.at("uploaded").get_to(jar.uploaded_wall_ms);
    object.at("size").get_to(jar.size);
    object.at("sha256").get_to(jar.sha256);
    object.at("abi").get_to(jar.contents.abi);
    object.at("jobs").get_to(jar.contents.jobs);
    return jar;
  } catch (const json::exception& problem) {
    return error{errc::corrupt, path + " is not the description of a job library: " + problem.what()};
  }
}

error unknown_jar(const std::string& id) {
  return error{errc::not_found, "There is no job library " + id + "."};
}

} // namespace

jar_store::jar_store(weir::platform& platform, std::string folder, inspector inspect)
    : platform_{platform}, folder_{std::move(folder)}, inspect_{std::move(inspect)} {}

result<stored_jar> jar_store::add(std::string_view file_name, std::string_view bytes) {
  std::string name = safe_name(file_name);
  if (!name.ends_with(".so"))
    return error{errc::invalid_argument, "Only shared libraries (.so) are allowed."};
  auto contents = inspect_(bytes);
  if (!contents)
    return error{errc::invalid_argument, contents.failure().wrap(name + " is refused").message()};
  if (auto made = platform_.files().create_folders(folder_); !made)
    return made.failure().wrap("cannot store the library");
  auto present = list();
  if (!present)
    return present.failure();
  if ((*present).size() >= jars_max)
    return error{errc::unavailable,
                 "There are " + std::to_string(jars_max) + " libraries already: delete some first."};

  stored_jar jar;
  jar.id = to_string(random_id{platform_.random().next(), platform_.random().next()}) + "_" + name;
  jar.name = name;
  jar.uploaded_wall_ms = platform_.clock().wall_ms();
  jar.size = bytes.size();
  jar.sha256 = sha256_hex(bytes);
  if (auto written = platform_.files().write_atomically(path_of(jar), bytes); !written)
    return written.failure().wrap("cannot store the library");
  jar.contents = *contents;
  std::string description = json_text(describe(jar));
  if (auto written =
          platform_.files().write_atomically(path_of(jar) + std::string{description_suffix}, description);
      !written)
    return written.failure().wrap("cannot store the library");
  return jar;
}

result<std::vector<stored_jar>> jar_store::list() {
  std::vector<stored_jar> jars;
  auto entries = platform_.files().list(folder_);
  if (!entries) {
    if (entries.failure().code() == errc::not_found)
      return jars;
    return entries.failure();
  }
  for (const file_info& entry : *entries) {
    if (entry.is_folder || !entry.path.ends_with(description_suffix))
      continue;
    auto text = platform_.files().read_all(entry.path, description_bytes_max);
    if (!text)
      return text.failure();
    auto jar = read_description(entry.path, *text);
    if (!jar)
      return jar.failure();
    jars.push_back(*std::move(jar));
  }
  std::ranges::stable_sort(jars, std::greater{}, &stored_jar::uploaded_wall_ms);
  return jars;
}

result<stored_jar> jar_store::find(const std::string& id) {
  auto jars = list();
  if (!jars)
    return jars.failure();
  auto found = std::ranges::find(*jars, id, &stored_jar::id);
  if (found == (*jars).end())
    return unknown_jar(id);
  return *found;
}

result<void> jar_store::remove(const std::string& id) {
  auto jar = find(id);
  if (!jar)
    return jar.failure();
  // The description first: without it the library is gone for everyone.
  if (auto removed = platform_.files().remove(path_of(*jar) + std::string{description_suffix}); !removed)
    return removed;
  return platform_.files().remove(path_of(*jar));
}

} // namespace weir
