#pragma once

#include "template_text.hpp"

#include <string>
#include <variant>
#include <vector>

namespace weir::scenario {

/// "10 s": an amount and the unit behind it.
struct time_span {
  template_text amount;
  unsigned unit_ms = 1;
};

struct node_name {
  bool is_master = false;
  template_text number; ///< of a worker, from 1
};

struct job_is {
  template_text state;
};

struct all_tasks_are {
  template_text state;
};

/// At least, since the job was submitted.
struct restarts_reached {
  template_text count;
};

/// None since the job was submitted.
struct never_restarted {};

/// At least, since the statement began.
struct more_restarts {
  template_text count;
};

/// Completed since the statement began.
struct more_checkpoints {
  template_text count;
};

/// The newest complete one has this id or a higher one.
struct checkpoint_reached {
  template_text id;
};

/// One has begun and is not complete.
struct checkpoint_under_way {};

struct workers_registered {
  template_text count; ///< exactly
};

struct records_written {
  template_text count; ///< at least
  template_text folder;
};

struct log_says {
  node_name node;
  template_text text;
  bool never = false;
};

/// The job's root cause has this in it.
struct cause_says {
  template_text text;
};

/// The disk of the node holds a file that is to get its final name.
struct rename_held {
  node_name on;
};

/// Of all the memory that the node has had at once, since its last start.
struct memory_below {
  node_name of;
  template_text mebibytes;
};

/// The output of examples/exactly_once.
struct exactly_once {
  template_text records;
  template_text keys;
  template_text folder;
};

/// The output of examples/transfers.
struct money_kept {
  template_text transfers;
  template_text accounts;
  template_text folder;
};

struct file_is_there {
  template_text path; ///< may have '*' in its names
  bool never = false;
};

struct no_orphans {
  std::vector<template_text> folders;
};

using condition =
    std::variant<job_is, all_tasks_are, restarts_reached, never_restarted, more_restarts, more_checkpoints,
                 checkpoint_reached, checkpoint_under_way, workers_registered, records_written, log_says,
                 cause_says, rename_held, memory_below, exactly_once, money_kept, file_is_there, no_orphans>;

} // namespace weir::scenario
