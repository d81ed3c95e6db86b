// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "runtime.h"

#include <pybind11/stl.h>
#include <strings.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "callbacks/operations.h"
#include "callbacks/stacks.h"
#include "dispatch/codecs.h"
#include "errors.h"
#include "interpreter.h"
#include "python_stack.h"
#include "sdk.h"
#include "start_checks.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

std::unique_ptr<Runtime>& current() {
  // Never destroyed: at exit nobody may hold the GIL that its Python objects need.
  static auto* pointer = new std::unique_ptr<Runtime>;
  return *pointer;
}

std::string take(char* text) {
  if (text == nullptr) {
    return {};
  }
  std::string taken = text;
  OrthancPluginFreeString(sdk(), text);
  return taken;
}

py::dict facts() {
  py::dict facts;
  facts["orthanc_version"] = sdk()->orthancVersion;
  facts["sdk_version"] = std::to_string(ORTHANC_PLUGINS_MINIMAL_MAJOR_NUMBER) + "." +
                         std::to_string(ORTHANC_PLUGINS_MINIMAL_MINOR_NUMBER) + "." +
                         std::to_string(ORTHANC_PLUGINS_MINIMAL_REVISION_NUMBER);
  facts["orthanc_path"] = take(OrthancPluginGetOrthancPath(sdk()));
  facts["orthanc_directory"] = take(OrthancPluginGetOrthancDirectory(sdk()));
  facts["configuration_path"] = take(OrthancPluginGetConfigurationPath(sdk()));
  return facts;
}

/// A string or boolean below "Python", or under its old name at the top level.
template <class Value>
Value early_setting(const Json& configuration, const char* name, const char* old_name) {
  const auto section = configuration.find("Python");
  if (section != configuration.end() && section->is_object()) {
    const auto value = section->find(name);
    if (value != section->end() && value->type() == Json(Value()).type()) {
      return value->template get<Value>();
    }
  }
  if (old_name != nullptr) {
    const auto value = configuration.find(old_name);
    if (value != configuration.end() && value->type() == Json(Value()).type()) {
      return value->template get<Value>();
    }
  }
  return Value();
}

// Python reaches its stop by the GIL, which a stuck handler may keep for ever; and the interpreter
// must end its part of the stop, or be left alone, before the deadline.
constexpr double kPythonStop = 2.5;
constexpr double kGilWait = 1;
// What is left to do after ShutdownTimeout, here and in the core.
constexpr double kAfterDrain = 6;
// Of ShutdownTimeout, what coroutines have for their end, and their requests for an answer.
constexpr double kCancelledCoroutines = 1;
// For calls into the core by threads that the script has left behind.
constexpr double kSdkCalls = 1;

}  // namespace

Runtime& runtime() { return *current(); }

Runtime& renew_runtime() {
  std::unique_ptr<Runtime> next = std::make_unique<Runtime>();
  if (current()) {
    const py::gil_scoped_acquire gil;
    current() = std::move(next);
  } else {
    current() = std::move(next);
  }
  return *current();
}

void Runtime::start() {
  const std::string text = take(OrthancPluginGetConfiguration(sdk()));
  const Json configuration = Json::parse(text);
  const std::string format = early_setting<std::string>(configuration, "LogFormat", nullptr);
  set_log_format(strcasecmp(format.c_str(), "json") == 0 ? LogFormat::Json : LogFormat::Text);
  const std::string reference = find_reference_plugin(configuration);
  if (!reference.empty()) {
    throw std::runtime_error("the plugin orthanc-python is loaded too (" + reference +
                             "): one process can embed Python once, so remove one of the two "
                             "from \"Plugins\"");
  }
  const auto describe = configuration.find("HttpDescribeErrors");
  if (describe != configuration.end() && describe->is_boolean()) {
    describe_errors_ = describe->get<bool>();
  }
  const auto order = configuration.find("BuiltinDecoderTranscoderOrder");
  set_builtin_codecs_first(order != configuration.end() && *order == "Before");
  set_script_decoder(nullptr);
  set_script_transcoder(nullptr);
  InterpreterOptions options;
  options.virtual_env = early_setting<std::string>(configuration, "VirtualEnv", nullptr);
  options.verbose = early_setting<bool>(configuration, "Verbose", "PythonVerbose");
  start_interpreter(options);
  register_operations();
  start_python(text);
  routes.import_has_ended();
}

void Runtime::start_python(const std::string& configuration) {
  const PyGILState_STATE gil = PyGILState_Ensure();
  struct Release {
    PyGILState_STATE state;
    ~Release() { PyGILState_Release(state); }
  } const release{gil};
  try {
    prepare_master_stacks();
    page.load();
    http_filters.register_with_core();
    const py::module_ bootstrap = py::module_::import("orthanc_runtime.bootstrap");
    started_ = std::make_shared<py::object>(
        bootstrap.attr("start")(py::module_::import("_orthanc_runtime"), configuration, facts()));
    std::atomic_store(
        &pools_, std::make_shared<const Pools>(
                     started_->attr("native_pools").cast<std::vector<std::shared_ptr<Pool>>>()));
    shutdown_timeout_ = started_->attr("shutdown_timeout").cast<double>();
    slow_handlers.set_threshold(started_->attr("slow_handler_warning").cast<double>());
  } catch (py::error_already_set& error) {
    error.restore();
    std::string summary;
    report_python_error(LogCode::StartRaised, "the installation of the Python script", &summary);
    throw std::runtime_error(summary);
  }
}

template <class Ask>
std::pair<int, std::string> Runtime::ask_python(const char* what, const Ask& ask) {
  std::pair<int, std::string> result{500, std::string("The log says why ") + what + " failed"};
  enter_python([&] {
    try {
      result = ask(*started_).template cast<std::pair<int, std::string>>();
    } catch (py::error_already_set& error) {
      error.restore();
      report_python_error(LogCode::ReloadRaised, what);
    }
  });
  return result;
}

std::pair<int, std::string> Runtime::reload_workers() {
  return ask_python("the reload of the workers",
                    [](const py::object& started) { return started.attr("reload")(); });
}

std::pair<int, std::string> Runtime::recycle_workers(std::string_view body) {
  return ask_python("the recycling of workers", [&](const py::object& started) {
    return started.attr("recycle")(py::bytes(body.data(), body.size()));
  });
}

void Runtime::stop() {
  if (stopped_.exchange(true)) {
    return;
  }
  const Deadline drained = Deadline::in(shutdown_timeout_);
  watchdog.arm(shutdown_timeout_ + kAfterDrain);
  routes.stop();
  gate.close();
  const double cancelling = std::min(kCancelledCoroutines, shutdown_timeout_ / 2);
  bool is_quiet = gate.wait_empty(Deadline::in(shutdown_timeout_ - cancelling));
  if (!is_quiet) {
    cancel_coroutines(cancelling);
    is_quiet = gate.wait_empty(drained);
  }
  if (!is_quiet) {
    write_log({LogCode::RequestsCut,
               "Requests are still under way after ShutdownTimeout, they are ended"});
    watchdog.interrupt_handlers();
  }
  if (!changes.stop(drained)) {
    write_log({LogCode::ChangeStuck, "An OnChange callback does not return"});
  }
  const std::shared_ptr<const Pools> pools = this->pools();
  pools->refuse_tasks();
  stop_python(Deadline::in(kPythonStop + kGilWait));
  pools->stop();
  close_sdk(kSdkCalls);
}

void Runtime::cancel_coroutines(double seconds) {
  if (!started_) {
    return;
  }
  // The GIL may never be free.
  std::thread([started = started_, seconds]() mutable {
    const PyGILState_STATE gil = PyGILState_Ensure();
    try {
      started->attr("cancel_coroutines")(seconds);
    } catch (py::error_already_set& error) {
      error.restore();
      report_python_error(LogCode::StopRaised, "the stop of coroutine handlers");
    }
    started.reset();
    PyGILState_Release(gil);
  }).detach();
}

void Runtime::stop_python(const Deadline& deadline) {
  struct Ending {
    std::mutex mutex;
    std::condition_variable ended;
    bool done = false;
  };
  if (!started_) {
    return;
  }
  auto ending = std::make_shared<Ending>();
  std::thread([started = started_, ending]() mutable {
    const PyGILState_STATE gil = PyGILState_Ensure();
    try {
      py::module_::import("orthanc_runtime.bootstrap").attr("stop")(*started, kPythonStop);
    } catch (py::error_already_set& error) {
      error.restore();
      report_python_error(LogCode::StopRaised, "the stop of the workers");
    }
    started.reset();
    PyGILState_Release(gil);
    const std::lock_guard lock(ending->mutex);
    ending->done = true;
    ending->ended.notify_all();
  }).detach();
  std::unique_lock lock(ending->mutex);
  if (!ending->ended.wait_until(lock, deadline.at(), [&] { return ending->done; })) {
    write_log({LogCode::PythonBusy, "The master interpreter is busy, its workers are killed"});
  }
}

}  // namespace orthanc_runtime
