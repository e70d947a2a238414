#include "rest/multipart.hpp"

#include <algorithm>
#include <cctype>

namespace weir {
namespace {

/// More parts than any form has.
constexpr std::size_t parts_max = 100;

error malformed(const std::string& what) {
  return error{errc::invalid_argument, "Bad request received: the multipart body " + what + "."};
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// The value of `name` in a header such as `form-data; name="file"; filename=a.so`.
std::string header_parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    header.remove_prefix(at + 1);
    while (header.starts_with(' '))
      header.remove_prefix(1);
    std::size_t equals = header.find('=');
    if (equals == std::string_view::npos)
      return {};
    std::string key = lower(header.substr(0, equals));
    header.remove_prefix(equals + 1);
    std::string value;
    if (header.starts_with('"')) {
      std::size_t i = 1;
      for (; i < header.size() && header[i] != '"'; ++i) {
        if (header[i] == '\\' && i + 1 < header.size())
          ++i;
        value += header[i];
      }
      header.remove_prefix(std::min(i + 1, header.size()));
    } else {
      value = header.substr(0, header.find(';'));
    }
    if (key == name)
      return value;
    at = header.find(';');
  }
  return {};
}

/// Cuts the text up to `end` off `text`; false when `end` is not there.
bool cut(std::string_view& text, std::string_view end, std::string_view& before) {
  std::size_t at = text.find(end);
  if (at == std::string_view::npos)
    return false;
  before = text.substr(0, at);
  text.remove_prefix(at + end.size());
  return true;
}

} // namespace

result<std::vector<form_part>> parse_multipart(std::string_view content_type, std::string_view body) {
  if (!lower(content_type).starts_with("multipart/form-data"))
    return malformed("must have the content type multipart/form-data, not \"" + std::string{content_type} +
                     "\"");
  std::string boundary = header_parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > 70)
    return malformed("has no boundary");
  std::string delimiter = "--" + boundary;
  if (!body.starts_with(delimiter))
    return malformed("does not begin with its boundary");
  body.remove_prefix(delimiter.size());
  std::string next = "\r\n" + delimiter;

  std::vector<form_part> parts;
  while (!body.starts_with("--")) {
    if (parts.size() == parts_max)
      return malformed("has too many parts");
    form_part part;
    std::string_view headers;
    if (!body.starts_with("\r\n"))
      return malformed("has a damaged boundary");
    body.remove_prefix(2);
    // An empty line ends the headers, also where there are none.
    if (body.starts_with("\r\n"))
      body.remove_prefix(2);
    else if (!cut(body, "\r\n\r\n", headers))
      return malformed("ends inside a part's headers");
    if (!cut(body, next, part.content))
      return malformed("ends inside a part");
    for (bool more = true; more;) {
      std::string_view line = headers;
      more = cut(headers, "\r\n", line);
      if (lower(line.substr(0, 20)).starts_with("content-disposition:")) {
        part.name = header_parameter(line, "name");
        part.file_name = header_parameter(line, "filename");
      }
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

} // namespace weir
