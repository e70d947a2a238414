#pragma once

#include "conditions.hpp"
#include "template_text.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

/// What a script says, as docs/scenarios.md describes it. Numbers are text here, as a variable may stand for
/// them; those that are written out were checked.
namespace weir::scenario {

struct statement;

struct set_setting {
  std::string key;
  template_text value;
};

struct let_variable {
  std::string name;
  template_text value;
};

struct choose_value {
  std::string name;
  std::vector<template_text> of;
};

struct choose_number {
  std::string name;
  template_text from;
  template_text to; ///< included
};

/// One of some blocks, by chance.
struct choose_block {
  std::vector<std::vector<statement>> of;
};

struct repeat_block {
  template_text times;
  std::vector<statement> body;
};

/// Rounds begin until the time is over.
struct repeat_for {
  time_span span;
  std::vector<statement> body;
};

struct start_master {};

struct start_workers {
  template_text count;
  template_text slots; ///< of each
};

struct run_job {
  template_text library;
  std::vector<template_text> arguments; ///< of the job
  std::vector<template_text> options;   ///< of `weir run`
};

struct cancel_job {};

struct pass_time {
  time_span span;
};

struct wait_for {
  time_span limit;
  condition until;
};

struct expect_that {
  condition what;
};

enum class node_fault { kill, stop, pause, resume, restart };

struct break_node {
  node_fault how = node_fault::kill;
  node_name which;
};

enum class link_fault { cut, heal, slow };

struct break_link {
  link_fault how = link_fault::cut;
  node_name from;
  node_name to;
  bool one_way = false; ///< only what goes from `from` to `to`
  time_span delay;      ///< of slow
};

struct heal_all_links {};

/// The last two are about files that get their final name.
enum class disk_fault { well, full, torn, unsynced, slow, refuses, holds };

struct break_disk {
  disk_fault how = disk_fault::well;
  node_name of;
  time_span delay;     ///< of slow
  template_text names; ///< of refuses and holds: a pattern with '*'
};

enum class file_fault { corrupt, truncate, remove };

struct break_file {
  file_fault how = file_fault::corrupt;
  template_text path;     ///< may have '*' in its last names
  template_text position; ///< the byte to change, or the length to keep
};

struct write_file {
  template_text text;
  template_text path;
};

using action =
    std::variant<set_setting, let_variable, choose_value, choose_number, choose_block, repeat_block,
                 repeat_for, start_master, start_workers, run_job, cancel_job, pass_time, wait_for,
                 expect_that, break_node, break_link, heal_all_links, break_disk, break_file, write_file>;

struct statement {
  unsigned line = 0;
  std::string text; ///< as written
  action what;
};

struct script {
  std::string file;
  std::vector<statement> statements;
};

/// Calls `look` with each of them, and with those in blocks.
void visit(const std::vector<statement>& statements, const std::function<void(const statement&)>& look);

/// Does one of them let a disk fail? Those in blocks count.
bool breaks_disks(const std::vector<statement>& statements);

/// Does one of them change or delete a file? The same.
bool breaks_files(const std::vector<statement>& statements);

/// Is one of them about the log of a node? The same.
bool looks_at_logs(const std::vector<statement>& statements);

/// Does one of them give the variable its value with `let`?
bool lets(const std::vector<statement>& statements, const std::string& variable);

} // namespace weir::scenario
