// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// orthanc_runtime_testing: the dispatcher without Orthanc, for pytest.
#include <pybind11/stl.h>

#include <mutex>

#include "bindings/dispatch.h"
#include "dispatch/frame.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

/// Keeps log lines; answers CALL frames by a Python function, or with their own arguments.
class RecordingHost : public Host {
 public:
  void log(const LogLine& line) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(static_cast<int>(line.level), as_text(line));
  }

  CallReply call(const CallOrigin& /*origin*/, const Json& head, std::string_view body) override {
    CallReply reply;
    std::shared_ptr<std::string> answer;
    {
      const py::gil_scoped_acquire gil;
      if (answerer_) {
        const std::vector<uint8_t> packed = encode_head(head);
        const auto result =
            answerer_(py::bytes(reinterpret_cast<const char*>(packed.data()), packed.size()),
                      py::bytes(body.data(), body.size()))
                .cast<std::pair<std::string, std::string>>();
        reply.head = decode_head(result.first);
        answer = std::make_shared<std::string>(result.second);
      } else {
        reply.head = Json::array({0, "", head});
        answer = std::make_shared<std::string>(body);
      }
    }
    reply.body = *answer;
    reply.owner = answer;
    return reply;
  }

  std::vector<std::pair<int, py::bytes>> take_lines() {
    std::vector<std::pair<int, std::string>> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(lines_);
    }
    std::vector<std::pair<int, py::bytes>> result;
    result.reserve(taken.size());
    for (const auto& [level, text] : taken) {
      result.emplace_back(level, py::bytes(text));
    }
    return result;
  }

  void answer_with(py::object answerer) { answerer_ = std::move(answerer); }

 private:
  std::mutex mutex_;
  std::vector<std::pair<int, std::string>> lines_;
  py::object answerer_;
};

/// One host for the process, never freed: it holds Python objects at interpreter exit.
std::shared_ptr<RecordingHost>& recording_host() {
  static auto* host = new std::shared_ptr<RecordingHost>(std::make_shared<RecordingHost>());
  return *host;
}

class RecordingSink : public OutputSink {
 public:
  void check(const Json& /*head*/) const override {}
  void apply(const Json& head, std::string_view body) override {
    const std::vector<uint8_t> packed = encode_head(head);
    calls.emplace_back(std::string(packed.begin(), packed.end()), std::string(body));
  }
  std::vector<std::pair<std::string, std::string>> calls;
};

py::tuple run_rest(Pool& pool, const std::string& label, const std::string& head,
                   const std::string& body, std::optional<double> timeout, bool may_queue) {
  RecordingSink sink;
  Task task;
  task.label = label;
  task.head.assign(head.begin(), head.end());
  task.body.push_back({const_cast<char*>(body.data()), body.size()});
  task.timeout = timeout.value_or(pool.limits().task_timeout);
  task.may_queue = may_queue;
  task.sink = &sink;
  Outcome outcome;
  {
    const py::gil_scoped_release released;
    outcome = pool.run(task);
  }
  py::list calls;
  for (const auto& [call, data] : sink.calls) {
    calls.append(py::make_tuple(py::bytes(call), py::bytes(data)));
  }
  return py::make_tuple(ending_name(outcome.ending), py::bytes(outcome.message), calls);
}

}  // namespace

}  // namespace orthanc_runtime

PYBIND11_MODULE(orthanc_runtime_testing, module) {
  using namespace orthanc_runtime;
  bind_dispatch(module, {[] { return std::shared_ptr<Host>(recording_host()); },
                         [](const py::handle& /*object*/) -> LentObject {
                           throw py::type_error("there are no objects of an SDK here");
                         },
                         [] {}});
  module.def(
      "take_log", [] { return recording_host()->take_lines(); },
      "The (level, line) pairs logged since the last call.");
  module.def(
      "answer_calls_with",
      [](py::object answerer) { recording_host()->answer_with(std::move(answerer)); },
      "A function (packed head, body) -> (packed head, body) that serves CALL frames.");
  module.def("run_rest", &run_rest, py::arg("pool"), py::arg("label"), py::arg("head"),
             py::arg("body"), py::arg("timeout") = py::none(), py::arg("may_queue") = true,
             "Runs a REST task; returns (ending, message, [(packed output call, body)]).");
}
