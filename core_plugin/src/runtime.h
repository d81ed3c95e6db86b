// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// One start of the plugin: from OrthancPluginInitialize() to ORTHANC_STOPPED. POST /tools/reset
// ends one and begins another in the same process.
#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "callbacks/audit_log.h"
#include "callbacks/changes.h"
#include "callbacks/chunked_routes.h"
#include "callbacks/dicom_server_callback.h"
#include "callbacks/http_authentication.h"
#include "callbacks/http_filter.h"
#include "callbacks/image_decoders.h"
#include "callbacks/instance_filters.h"
#include "callbacks/jobs_unserializer.h"
#include "callbacks/move_scp.h"
#include "callbacks/page.h"
#include "callbacks/received_instance.h"
#include "callbacks/refresh_metrics.h"
#include "callbacks/routes.h"
#include "callbacks/slow_handlers.h"
#include "callbacks/storage_area.h"
#include "callbacks/storage_commitment.h"
#include "callbacks/stored_instance.h"
#include "callbacks/transcoders.h"
#include "callbacks/webdav.h"
#include "dispatch/http_threads.h"
#include "dispatch/pools.h"
#include "gate.h"
#include "watchdog.h"

namespace orthanc_runtime {

class Runtime {
 public:
  /// Starts interpreter, script and workers. Throws std::exception, or
  /// pybind11::error_already_set with the GIL released.
  void start();

  /// Answers what is under way, then ends workers and interpreter threads, all within
  /// ShutdownTimeout and a little more; idempotent.
  void stop();

  /// HttpDescribeErrors: may answers say what went wrong?
  bool describe_errors() const { return describe_errors_; }

  /// HTTP status, and the answer or what went wrong. Blocks until a new generation of workers
  /// serves; without the GIL.
  std::pair<int, std::string> reload_workers();

  /// The same for workers that a successor shall replace; returns at once. `body` is the request's.
  std::pair<int, std::string> recycle_workers(std::string_view body);

  /// None where nothing is offloaded.
  std::shared_ptr<const Pools> pools() const { return std::atomic_load(&pools_); }

  /// orthanc_runtime.coroutine_loop.CoroutineLoop. With the GIL, once the script is imported.
  pybind11::object coroutines() const { return started_->attr("coroutines"); }

  Gate gate;
  const std::shared_ptr<HttpThreads> http_threads = std::make_shared<HttpThreads>();
  Routes routes{gate};
  ChunkedRoutes chunked_routes{routes};
  HttpFilters http_filters;
  HttpAuthentication http_authentication;
  AuditLogHandlers audit_log;
  RefreshMetrics refresh_metrics;
  WebDavCollections webdav;
  JobsUnserializers jobs_unserializers;
  Changes changes;
  ImageDecoders image_decoders;
  Transcoders transcoders;
  CStoreFilters c_store_filters;
  DicomInstanceFilters dicom_instance_filters;
  DicomServerCallback find_scp{"C-FIND"};
  DicomServerCallback worklist_scp{"worklist"};
  MoveScp move_scp;
  Page page;
  ReceivedInstanceCallbacks received_instance;
  SlowHandlers slow_handlers;
  StorageArea storage_area;
  StorageCommitment storage_commitment;
  StoredInstanceCallbacks stored_instance;
  Watchdog watchdog;

 private:
  void start_python(const std::string& configuration);
  template <class Ask>
  std::pair<int, std::string> ask_python(const char* what, const Ask& ask);
  void cancel_coroutines(double seconds);
  void stop_python(const Deadline& deadline);

  bool describe_errors_ = true;
  double shutdown_timeout_ = 8;
  std::shared_ptr<const Pools> pools_ = std::make_shared<Pools>();
  // orthanc_runtime.bootstrap.Started; shared with the thread that ends the Python side
  std::shared_ptr<pybind11::object> started_;
  std::atomic<bool> stopped_{false};
};

/// The present start; callbacks of the SDK carry no payload, so it has to be found from anywhere.
Runtime& runtime();

/// Begins a new start; what the one before it held in Python is released with the GIL.
Runtime& renew_runtime();

}  // namespace orthanc_runtime
