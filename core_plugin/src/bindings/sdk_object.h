// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The opaque structs of the SDK as Python objects: owned ones, and those lent to one callback.
#pragma once

#include <orthanc/OrthancCPlugin.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

#include "bindings/conversions.h"
#include "bindings/users.h"
#include "errors.h"
#include "sdk.h"

namespace orthanc_runtime {

namespace py = pybind11;

template <typename Handle>
class SdkObject {
 public:
  using Free = void (*)(OrthancPluginContext*, Handle*);

  /// Without `free` the object belongs to Orthanc. `memory` is what it lies in, where that is of
  /// Python.
  explicit SdkObject(Handle* handle, Free free = nullptr, py::object memory = {})
      : handle_(handle), free_(free), memory_(std::move(memory)) {}
  ~SdkObject() {
    if (handle_ != nullptr && free_ != nullptr && sdk() != nullptr) {
      free_(sdk(), handle_);
    }
  }
  SdkObject(const SdkObject&) = delete;
  SdkObject& operator=(const SdkObject&) = delete;

  /// Ends the loan, after calls that other Python threads are still making. Needs the GIL.
  void invalidate() {
    handle_ = nullptr;
    users_.wait_until_none();
  }

 private:
  template <typename>
  friend class Use;

  Handle* handle_;
  Free free_;
  py::object memory_;
  Users users_;
};

/// The pointer for the time of one call. Made and destroyed with the GIL.
template <typename Handle>
class Use {
 public:
  explicit Use(SdkObject<Handle>& object) : Use(&object) {}
  /// None gives the null pointer.
  explicit Use(SdkObject<Handle>* object) : object_(object) {
    if (object_ == nullptr) {
      return;
    }
    if (object_->handle_ == nullptr) {
      throw_sdk_error(OrthancPluginErrorCode_BadSequenceOfCalls,
                      "This object was kept after the end of its callback");
    }
    object_->users_.add();
  }
  ~Use() {
    if (object_ != nullptr) {
      object_->users_.remove();
    }
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  Handle* get() const { return object_ == nullptr ? nullptr : object_->handle_; }

 private:
  SdkObject<Handle>* object_;
};

/// An object that the SDK has allocated for us; null is an error.
template <typename Handle>
std::unique_ptr<SdkObject<Handle>> take_object(Handle* handle,
                                               typename SdkObject<Handle>::Free free,
                                               py::object memory = {}) {
  if (handle == nullptr) {
    throw_sdk_error(OrthancPluginErrorCode_InternalError);
  }
  return std::make_unique<SdkObject<Handle>>(handle, free, std::move(memory));
}

/// An object lent to Python for the time of one callback. Made and destroyed with the GIL.
template <typename Handle>
class Lent {
 public:
  explicit Lent(const Handle* handle)
      // the SDK declares it const in callbacks, and in every function that takes it there
      : object_(py::cast(std::make_unique<SdkObject<Handle>>(const_cast<Handle*>(handle)))) {}
  ~Lent() { object_.cast<SdkObject<Handle>&>().invalidate(); }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

  const py::object& object() const { return object_; }

 private:
  py::object object_;
};

}  // namespace orthanc_runtime
