// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The master interpreter: one for the life of the process.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace orthanc_runtime {

/// The interpreter cannot start; the message says what to change.
class InterpreterError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct InterpreterOptions {
  std::string virtual_env;  // Python.VirtualEnv; empty chooses the one the plugin belongs to
  bool verbose = false;     // Python.Verbose
};

/// Starts the interpreter, or finds it running after POST /tools/reset; the calling thread does
/// not hold the GIL afterwards. Throws InterpreterError.
void start_interpreter(const InterpreterOptions& options);

/// The path of this plugin's shared library.
std::filesystem::path plugin_path();

}  // namespace orthanc_runtime
