// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "interpreter.h"

#include <Python.h>
#include <dlfcn.h>
#include <unistd.h>

#include <vector>

#include "bindings/modules.h"

namespace orthanc_runtime {

namespace {

namespace fs = std::filesystem;

const std::string kVersion =
    std::to_string(PY_MAJOR_VERSION) + "." + std::to_string(PY_MINOR_VERSION);

fs::path library_of(void* symbol, const char* what) {
  Dl_info info{};
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) {
    throw InterpreterError(std::string("cannot find the file of ") + what);
  }
  return fs::path(info.dli_fname);
}

// Orthanc loads plugins with private symbols, but extension modules expect libpython's to be
// visible to all.
void make_libpython_visible() {
  const fs::path library = library_of(reinterpret_cast<void*>(&Py_IsInitialized), "libpython");
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL) == nullptr) {
    throw InterpreterError("cannot make " + library.string() + " visible: " + dlerror());
  }
}

bool has_python(const fs::path& environment) {
  std::error_code ignored;
  return fs::exists(environment / "bin" / "python3", ignored);
}

/// The environment whose site-packages hold this plugin, if any.
fs::path surrounding_environment() {
  fs::path folder = plugin_path().parent_path();
  for (int level = 0; level < 5; ++level) {
    if (has_python(folder) && fs::exists(folder / "pyvenv.cfg")) {
      return folder;
    }
    folder = folder.parent_path();
  }
  return {};
}

void check_environment(const fs::path& environment) {
  if (access(environment.c_str(), R_OK | X_OK) != 0) {
    throw InterpreterError("Python.VirtualEnv: the user of Orthanc cannot read the folder " +
                           environment.string());
  }
  const fs::path python = environment / "bin" / "python3";
  if (access(python.c_str(), X_OK) != 0) {
    throw InterpreterError("Python.VirtualEnv: there is no executable " + python.string());
  }
  const fs::path library = environment / "lib" / ("python" + kVersion);
  if (!fs::exists(library)) {
    std::string found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(environment / "lib", ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.rfind("python", 0) == 0) {
        found += (found.empty() ? "" : ", ") + name;
      }
    }
    throw InterpreterError("Python.VirtualEnv: " + environment.string() + " is for " +
                           (found.empty() ? "no Python at all" : found) +
                           ", this plugin embeds Python " + kVersion);
  }
}

std::string executable_for(const InterpreterOptions& options) {
  fs::path environment = options.virtual_env;
  if (environment.empty()) {
    environment = surrounding_environment();
    if (environment.empty()) {
      return ORTHANC_RUNTIME_PYTHON;
    }
  }
  check_environment(environment);
  return (environment / "bin" / "python3").string();
}

void check(const PyStatus& status) {
  if (PyStatus_Exception(status) != 0) {
    throw InterpreterError(std::string("Python does not start: ") +
                           (status.err_msg != nullptr ? status.err_msg : "unknown reason"));
  }
}

class Configuration {
 public:
  Configuration() { PyConfig_InitPythonConfig(&config); }
  ~Configuration() { PyConfig_Clear(&config); }
  Configuration(const Configuration&) = delete;
  Configuration& operator=(const Configuration&) = delete;
  PyConfig config{};
};

// In the build tree, and beside a plugin copied out of it, the package lies next to the library.
void add_package_beside_plugin() {
  const fs::path folder = plugin_path().parent_path() / "python";
  if (fs::exists(folder / "orthanc_runtime")) {
    PyObject* entry = PyUnicode_DecodeFSDefault(folder.c_str());
    PyList_Append(PySys_GetObject("path"), entry);
    Py_DECREF(entry);
  }
}

void initialize(const InterpreterOptions& options) {
  make_libpython_visible();
  add_builtin_modules();

  PyPreConfig before;
  PyPreConfig_InitPythonConfig(&before);
  before.utf8_mode = 1;
  check(Py_PreInitialize(&before));

  Configuration python;
  python.config.install_signal_handlers = 0;  // signals are Orthanc's
  python.config.parse_argv = 0;
  python.config.safe_path = 1;
  python.config.buffered_stdio = 0;
  python.config.verbose = options.verbose ? 1 : 0;
  const std::string executable = executable_for(options);
  check(PyConfig_SetBytesString(&python.config, &python.config.executable, executable.c_str()));
  check(PyConfig_SetBytesString(&python.config, &python.config.program_name, executable.c_str()));
  check(Py_InitializeFromConfig(&python.config));
  add_package_beside_plugin();
}

}  // namespace

std::filesystem::path plugin_path() {
  return fs::canonical(library_of(reinterpret_cast<void*>(&plugin_path), "the plugin"));
}

void start_interpreter(const InterpreterOptions& options) {
  if (Py_IsInitialized() != 0) {
    return;
  }
#if PY_VERSION_HEX >= 0x030E0000
  if (Py_Version == 0x030E00F0) {
    throw InterpreterError("Python 3.14.0 cannot be told the bounds of a C stack; use 3.14.1");
  }
#endif
  initialize(options);
  PyEval_SaveThread();
}

}  // namespace orthanc_runtime
