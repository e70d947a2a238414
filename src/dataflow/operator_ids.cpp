#include "dataflow/operator_ids.hpp"

#include "base/hash.hpp"
#include "dataflow/operator_settings.hpp"

#include <map>
#include <string>

namespace weir {

namespace {

operator_id id_of(const std::string& what) {
  random_id id = parse_random_id(sha256_hex(what).substr(0, 32));
  return operator_id{id};
}

std::string structure_of(const detail::graph_node& node, const std::vector<operator_id>& producers) {
  std::string text = "structure " + node.kind;
  for (const auto& edge : node.inputs) {
    text += "; " + to_string(producers[edge.from]) + " to input " + std::to_string(edge.input);
    if (edge.output != 0)
      text += " from side output " + std::to_string(edge.output - 1);
    if (edge.chosen)
      text += " by " + std::to_string(static_cast<int>(edge.how));
  }
  return text;
}

} // namespace

result<std::vector<operator_id>> assign_operator_ids(const detail::stream_graph& graph) {
  std::vector<operator_id> ids;
  std::map<std::string, const detail::graph_node*> uids;
  std::map<std::string, std::uint32_t> seen;
  for (const detail::graph_node& node : graph.nodes) {
    if (!node.uid.empty()) {
      auto [other, is_new] = uids.emplace(node.uid, &node);
      if (!is_new)
        return error{errc::invalid_argument, "the uid \"" + node.uid + "\" belongs to " +
                                                 describe(*other->second) + " and to " + describe(node) +
                                                 ": each needs one of its own"};
      ids.push_back(id_of("uid " + node.uid));
      continue;
    }
    std::string structure = structure_of(node, ids);
    std::uint32_t twin = seen[structure]++;
    ids.push_back(id_of(structure + "; number " + std::to_string(twin)));
  }
  return ids;
}

} // namespace weir
