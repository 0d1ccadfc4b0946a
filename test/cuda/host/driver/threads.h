// Runs the blocks of a grid, one after another, the threads of a block as fibers.
#pragma once
#include <string>

#include "../include/threads.h"

struct Launch {
  /// The kernel, called once by each thread.
  int (*call)(void** arguments);
  void** arguments;
  dim3 blocks, threads;
  /// Whether threads wait for each other; if not, each runs from its start to its end.
  bool meets;
  /// Which order threads take turns in.
  unsigned order;
  /// Static shared memory of the module, filled with garbage before each block.
  char* shared_begin;
  char* shared_end;
};

/// Returns what went wrong, or nothing.
std::string run_grid(const Launch& launch);
