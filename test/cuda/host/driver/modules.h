// Generated CUDA files, compiled by the host's C++ compiler.
#pragma once
#include <string>
#include <vector>

struct cuda_host_module;

struct Compiled {
  const cuda_host_module* module = nullptr;
  /// What the compiler said where there is no module.
  std::string log;
};

/// Compiles sources as one translation unit, each in a namespace of its own; remembers each for `compiled`.
/// @returns what the compiler said, nothing where all is well
std::string compile(const std::vector<std::string>& sources, const std::string& name);
/// The module of a source, compiled now if it was not.
Compiled compiled(const std::string& source, const std::string& name);
