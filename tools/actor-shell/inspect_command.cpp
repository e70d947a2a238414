#include "inspect_command.hpp"

#include "actor_lookup.hpp"
#include "actor_pages.hpp"
#include "json_fields.hpp"
#include "rest_client.hpp"

namespace weir::tools::shell {
namespace {

using nlohmann::json;

/// The names of a job's vertices by their ids, which the inputs of a task refer to. Empty when the job is
/// gone by now.
vertex_names names_of_vertices(cluster& of, const std::string& job) {
  vertex_names names;
  if (auto details = of.get("/jobs/" + job))
    for (const json& vertex : list_of(*details, "vertices"))
      names[text_of(vertex, "id")] = text_of(vertex, "name");
  return names;
}

} // namespace

result<answer> inspect(cluster& of, const arguments& actor) {
  // Names of tasks have blanks in them; they need no quotes.
  std::string text;
  for (const std::string& word : actor)
    text += (text.empty() ? "" : " ") + word;
  auto name = find_actor(of, text);
  if (!name)
    return name.failure();
  auto found = of.get("/inspect?name=" + url_encoded(*name));
  if (!found)
    return found.failure();
  std::string kind = text_of(*found, "actor");
  if (kind == "task" && !list_of(*found, "inputs").empty())
    return answer{*found, task_page(*found, names_of_vertices(of, text_of(*found, "job")))};
  return answer{*found, actor_page(*found, of.wall_ms())};
}

} // namespace weir::tools::shell
