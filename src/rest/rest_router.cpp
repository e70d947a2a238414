#include "rest/rest_router.hpp"

#include "rest/answers.hpp"

#include <exception>
#include <span>

namespace weir {
namespace {

bool is_name(const std::string& segment) {
  return segment.starts_with(':');
}

bool matches(const std::vector<std::string>& pattern, std::span<const std::string> path) {
  if (pattern.size() != path.size())
    return false;
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!is_name(pattern[i]) && pattern[i] != path[i])
      return false;
  return true;
}

/// Of two patterns that match the same path: is the first named segment of `a` further to the right?
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (is_name(a[i]) != is_name(b[i]))
      return is_name(b[i]);
  return false;
}

std::span<const std::string> without_version(const std::vector<std::string>& path) {
  std::span<const std::string> all{path};
  return !all.empty() && all.front() == "v1" ? all.subspan(1) : all;
}

std::string joined(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& segment : path)
    text += "/" + segment;
  return text.empty() ? "/" : text;
}

} // namespace

void rest_router::add(std::string_view method, std::string_view pattern, handler handle,
                      std::uint64_t body_bytes) {
  http_request parsed;
  parse_target(pattern, parsed);
  entries_.push_back({std::string{method}, std::move(parsed.path), std::move(handle), body_bytes});
}

rest_router::match rest_router::find(const http_request& request) const {
  auto path = without_version(request.path);
  match result;
  for (const entry& candidate : entries_) {
    if (!matches(candidate.pattern, path))
      continue;
    result.path_known = true;
    if (candidate.method != request.method)
      continue;
    if (!result.found || more_literal(candidate.pattern, result.found->pattern))
      result.found = &candidate;
  }
  if (result.found)
    for (std::size_t i = 0; i < path.size(); ++i)
      if (is_name(result.found->pattern[i]))
        result.parameters[result.found->pattern[i].substr(1)] = path[i];
  return result;
}

std::uint64_t rest_router::body_limit(const http_request& request) const {
  match target = find(request);
  return target.found ? target.found->body_bytes : small_body;
}

void rest_router::route(http_request request, http_reply reply) const {
  match target = find(request);
  if (!target.found) {
    if (target.path_known)
      reply(error_answer(405, "Method " + request.method + " is not allowed for " + joined(request.path)));
    else
      reply(error_answer(404, "Not found: " + joined(request.path)));
    return;
  }
  try {
    target.found->handle({std::move(request), std::move(target.parameters)}, reply);
  } catch (const std::exception& problem) {
    reply(error_answer(500, std::string{"Internal server error: "} + problem.what()));
  }
}

} // namespace weir
