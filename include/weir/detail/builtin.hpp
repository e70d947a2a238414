#pragma once

#include <weir/detail/operator.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

/// Operators whose code does not depend on the user's types; they are part of libweir (src/connectors,
/// src/exchange).
namespace weir::detail {

/// Lines of files as batches of `weir::text`, without their line ends ("\n" or "\r\n"). Bytes that are not
/// UTF-8 pass unchanged. `pattern` is a file, a folder (its files and those of its folders, names that begin
/// with '.' left out) or a glob. A line of more than `max_line_size` bytes is an error. The files' bytes are
/// split evenly over the subtasks; a line belongs to the subtask in whose range it begins.
std::unique_ptr<source_operator> make_text_files_source(std::string pattern, std::size_t max_line_size);

/// Lines received on a TCP connection to host:port, as batches of `weir::text`. Ends when the peer closes.
std::unique_ptr<source_operator> make_socket_text_source(std::string host, std::uint16_t port);

/// Lines that are appended to a file, as batches of `weir::text`, from its beginning on. With `stop_at_end`
/// those that are there when the job begins; else without end: a line is read when its end is there.
std::unique_ptr<source_operator> make_line_log_source(std::string path, bool stop_at_end,
                                                      std::size_t max_line_size);

/// Writes the text form of records of any type, a line each, to files `folder`/part-<subtask>-<n> that appear
/// whole: with checkpoints one for each that has lines, else one at the end of the input. Refuses a folder
/// that holds parts of another job. See docs/sources-and-sinks.md.
std::unique_ptr<stream_operator> make_write_text_sink(std::string folder);

/// Prints the text form of each record to standard output, with "<subtask>> " in front where there is more
/// than one.
std::unique_ptr<stream_operator> make_print_sink();

/// Gives the text form of each record, a line each, to the job as the result `name`
/// (operator_context::add_result).
std::unique_ptr<stream_operator> make_collect_sink(std::string name);

/// Partitioners that need no user type: forward, rebalance, rescale, broadcast, global.
std::unique_ptr<stream_operator> make_forward_partitioner(const partitioner_context& context);
std::unique_ptr<stream_operator> make_rebalance_partitioner(const partitioner_context& context);
std::unique_ptr<stream_operator> make_broadcast_partitioner(const partitioner_context& context);
std::unique_ptr<stream_operator> make_global_partitioner(const partitioner_context& context);

} // namespace weir::detail
