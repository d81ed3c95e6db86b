// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "bindings/dispatch.h"

#include <pybind11/stl.h>

#include "bindings/function.h"
#include "dispatch/function_calls.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

std::shared_ptr<Worker> attach(Pool& pool, int index, int pid, int pidfd, int status_fd,
                               int service_fd, int stdout_fd, int stderr_fd) {
  return pool.attach(index, pid, Descriptor(pidfd), Descriptor(status_fd), Descriptor(service_fd),
                     Descriptor(stdout_fd), Descriptor(stderr_fd));
}

py::dict exit_of(Pool& pool, Worker& worker) {
  std::pair<ExitStatus, std::string> ended;
  {
    const py::gil_scoped_release released;
    ended = pool.detach(worker);
  }
  py::dict result;
  result["reason"] = ended.first.text();
  result["signal"] = ended.first.signal;
  result["code"] = ended.first.code;
  result["killed_because"] = worker.process().kill_reason();
  result["served"] = worker.process().served();
  const std::string& tail = ended.second;
  result["stderr"] = py::reinterpret_steal<py::str>(
      PyUnicode_DecodeUTF8(tail.data(), static_cast<Py_ssize_t>(tail.size()), "replace"));
  return result;
}

py::dict counters(const Pool& pool) {
  const PoolCounters now = pool.counters();
  py::dict result;
  result["done"] = now.done;
  result["failed"] = now.failed;
  result["died"] = now.died;
  result["timeouts"] = now.timeouts;
  result["refused"] = now.refused;
  result["admitted"] = now.admitted;
  result["waiting"] = now.waiting;
  result["idle"] = now.idle;
  result["workers"] = now.workers;
  return result;
}

py::buffer_info body_buffer(OwnedBody& body) {
  return {const_cast<char*>(body.view.data()), 1, py::format_descriptor<unsigned char>::format(),
          static_cast<py::ssize_t>(body.view.size())};
}

}  // namespace

void raise_ending(const Outcome& outcome) {
  const char* const name = error_class(outcome.ending);
  if (name != nullptr) {
    const py::object type = py::module_::import("orthanc_runtime.errors").attr(name);
    const std::string text =
        outcome.message + " (" + task_name(outcome.task, outcome.request_id) + ")";
    PyErr_SetString(type.ptr(), text.c_str());
    throw py::error_already_set();
  }
}

void bind_dispatch(py::module_& module, const DispatchSurroundings& surroundings) {
  using Released = py::call_guard<py::gil_scoped_release>;
  bind_function(module);
  py::class_<OwnedBody>(module, "Body", py::buffer_protocol()).def_buffer(&body_buffer);

  py::class_<Worker, std::shared_ptr<Worker>>(module, "Worker")
      .def_property_readonly("index", [](const Worker& worker) { return worker.process().index(); })
      .def_property_readonly("pid", [](const Worker& worker) { return worker.process().pid(); })
      .def(
          "publish",
          [](Worker& worker, int lane_fd, const std::array<int, 3>& pipe_fds,
             const std::vector<int>& shared_fds) {
            LanePipes pipes{Descriptor(pipe_fds[0]), Descriptor(pipe_fds[1]),
                            Descriptor(pipe_fds[2])};
            std::vector<Descriptor> shared;
            shared.reserve(shared_fds.size());
            for (const int fd : shared_fds) {
              shared.emplace_back(fd);
            }
            worker.publish(Descriptor(lane_fd), std::move(pipes), std::move(shared));
          },
          py::arg("lane_fd"), py::arg("pipe_fds"), py::arg("shared_fds"), Released())
      .def(
          "recycle_after",
          [](Worker& worker, uint64_t tasks, uint64_t memory) {
            WorkerProcess& process = worker.process();
            return process.recycling.set_limits(process.pid(), tasks, memory);
          },
          py::arg("tasks"), py::arg("memory"))
      .def_property_readonly(
          "recycling_reason",
          [](const Worker& worker) { return worker.process().recycling.reason(); })
      .def("retire", &Worker::retire, Released())
      .def(
          "kill", [](Worker& worker, const std::string& reason) { worker.process().kill(reason); },
          py::arg("reason"), Released())
      .def("exit", [](Worker& worker) { return exit_of(worker.pool(), worker); });

  py::class_<Pool, std::shared_ptr<Pool>>(module, "Pool")
      .def(py::init([make_host = surroundings.make_host](
                        const std::string& name, size_t count, size_t concurrency, bool spread,
                        size_t admitted, double queue_timeout, double default_timeout,
                        uint64_t quarantine_after, const std::string& token, size_t http_threads,
                        uint16_t http_port, bool functions) {
             PoolLimits limits;
             limits.name = name;
             limits.count = count;
             limits.concurrency = concurrency;
             limits.spread = spread;
             limits.admitted = admitted;
             limits.queue_timeout = queue_timeout;
             limits.task_timeout = default_timeout;
             limits.quarantine_after = quarantine_after;
             limits.token = token;
             limits.http_threads = http_threads;
             limits.http_port = http_port;
             limits.functions = functions;
             return std::make_shared<Pool>(make_host(), limits);
           }),
           py::kw_only(), py::arg("name"), py::arg("count"), py::arg("concurrency"),
           py::arg("spread"), py::arg("admitted"), py::arg("queue_timeout"),
           py::arg("default_timeout"), py::arg("quarantine_after"), py::arg("token"),
           py::arg("http_threads") = 50, py::arg("http_port") = 0, py::arg("functions") = false)
      .def("attach", &attach, py::arg("index"), py::arg("pid"), py::arg("pidfd"),
           py::arg("status_fd"), py::arg("service_fd"), py::arg("stdout_fd"), py::arg("stderr_fd"),
           py::keep_alive<0, 1>())
      .def(
          "function",
          [surroundings](std::shared_ptr<Pool> pool, const std::string& address,
                         std::optional<double> timeout, bool idempotent, bool cancellable,
                         size_t concurrency) {
            return std::make_unique<Function>(
                std::move(pool),
                Function::Terms{address, timeout, idempotent, cancellable, concurrency},
                surroundings);
          },
          py::kw_only(), py::arg("address"), py::arg("timeout"), py::arg("idempotent"),
          py::arg("cancellable"), py::arg("concurrency"))
      .def("set_broken", &Pool::set_broken, py::arg("reason"), Released())
      .def("set_generation", &Pool::set_generation, py::arg("generation"))
      .def("counters", &counters)
      .def("stop", &Pool::stop, Released());
}

}  // namespace orthanc_runtime
