// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/chunked_routes.h"

#include <utility>

#include "bindings/arguments.h"
#include "bindings/registration.h"
#include "callbacks/callback_list.h"
#include "callbacks/uploads.h"
#include "runtime.h"
#include "sdk.h"

namespace py = pybind11;

namespace orthanc_runtime {

namespace {

constexpr const char* kRegisterChunkedRoute = "RegisterChunkedRestCallback";

using Factory = OrthancPluginServerChunkedRequestReaderFactory;

template <size_t Index>
OrthancPluginErrorCode factory(OrthancPluginServerChunkedRequestReader** reader, const char* uri,
                               const OrthancPluginHttpRequest* request) {
  const ChunkedRoute& route = runtime().chunked_routes.at(Index);
  const bool is_put = request->method == OrthancPluginHttpMethod_Put;
  return begin_upload(is_put ? route.put : route.post, reader, uri, *request);
}

template <size_t... Indices>
constexpr std::array<Factory, sizeof...(Indices)> factories(
    std::index_sequence<Indices...> /*indices*/) {
  return {{&factory<Indices>...}};
}

constexpr auto kFactories = factories(std::make_index_sequence<kMaximumChunkedRoutes>());

py::object upload_factory(const py::object& callback) {
  if (callback.is_none()) {
    return {};
  }
  require_callable(callback, kRegisterChunkedRoute);
  refuse_offloaded(callback, kRegisterChunkedRoute,
                   "what reads an upload cannot be offloaded, its chunks reach one object");
  return callback;
}

std::unique_ptr<Route> rest_route(const std::string& pattern, const py::object& callback) {
  if (callback.is_none()) {
    return nullptr;
  }
  require_callable(callback, kRegisterChunkedRoute);
  return make_route(pattern, callback);
}

void register_chunked_rest_callback(const Text& pattern, const py::object& get,
                                    const py::object& post, const py::object& del,
                                    const py::object& put) {
  if (get.is_none() && post.is_none() && del.is_none() && put.is_none()) {
    throw py::value_error(std::string(kRegisterChunkedRoute) +
                          " needs a callback for one method at least");
  }
  auto route = std::make_unique<ChunkedRoute>();
  route->pattern = pattern.c_str();
  route->post = upload_factory(post);
  route->put = upload_factory(put);
  // in the order in which a worker counts them
  route->get = rest_route(route->pattern, get);
  route->del = rest_route(route->pattern, del);
  runtime().chunked_routes.add(std::move(route));
}

}  // namespace

void ChunkedRoutes::add(std::unique_ptr<ChunkedRoute> route) {
  const size_t index = kept_.size();
  if (index == kMaximumChunkedRoutes) {
    throw py::value_error("at most " + std::to_string(kMaximumChunkedRoutes) +
                          " chunked REST callbacks can be registered");
  }
  _OrthancPluginChunkedRestCallback parameters{};
  if (route->get) {
    parameters.getHandler = routes_.keep(std::move(route->get));
  }
  if (route->del) {
    parameters.deleteHandler = routes_.keep(std::move(route->del));
  }
  parameters.postHandler = route->post ? kFactories[index] : nullptr;
  parameters.putHandler = route->put ? kFactories[index] : nullptr;
  parameters.addChunk = &add_chunk;
  parameters.execute = &execute_upload;
  parameters.finalize = &finalize_upload;
  // The core keeps this pointer, too.
  parameters.pathRegularExpression = route->pattern.c_str();
  table_[index].store(route.get(), std::memory_order_release);
  kept_.push_back(std::move(route));
  routes_.register_with_core(kRegisterChunkedRoute, kept_.back()->pattern, [parameters]() mutable {
    return sdk()->InvokeService(sdk(), _OrthancPluginService_RegisterChunkedRestCallback,
                                &parameters);
  });
}

void bind_chunked_routes(py::module_& module) {
  module.def(kRegisterChunkedRoute, &register_chunked_rest_callback, py::arg("pattern"),
             py::arg("get") = py::none(), py::arg("post") = py::none(),
             py::arg("delete") = py::none(), py::arg("put") = py::none(),
             "RegisterChunkedRestCallback(pattern, get=None, post=None, delete=None, put=None)\n\n"
             "Serves uploads chunk by chunk, for URIs that the regular expression matches as a "
             "whole.");
}

}  // namespace orthanc_runtime
