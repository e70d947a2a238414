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

/// The output of examples/exactly_once.
struct exactly_once {
  template_text records;
  template_text keys;
  template_text folder;
};

struct file_is_there {
  template_text path; ///< may have '*' in its names
  bool never = false;
};

struct no_orphans {
  std::vector<template_text> folders;
};

using condition = std::variant<job_is, all_tasks_are, more_checkpoints, checkpoint_reached,
                               checkpoint_under_way, workers_registered, records_written, log_says,
                               cause_says, exactly_once, file_is_there, no_orphans>;

} // namespace weir::scenario
