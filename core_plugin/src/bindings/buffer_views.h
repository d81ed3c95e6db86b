// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The memory of several objects at once, for a message that they make together.
#pragma once

#include <pybind11/pybind11.h>
#include <sys/uio.h>

#include <vector>

namespace orthanc_runtime {

/// Holds it until it ends, which needs the GIL. Empty parts are left out.
class BufferViews {
 public:
  /// Throws error_already_set where one of the objects does not expose contiguous bytes.
  BufferViews(PyObject* const* objects, size_t count) {
    views_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      Py_buffer view{};
      if (PyObject_GetBuffer(objects[i], &view, PyBUF_SIMPLE) != 0) {
        release();
        throw pybind11::error_already_set();
      }
      views_.push_back(view);
      size_ += static_cast<size_t>(view.len);
    }
  }
  ~BufferViews() { release(); }
  BufferViews(const BufferViews&) = delete;
  BufferViews& operator=(const BufferViews&) = delete;

  size_t size() const { return size_; }

  void append_to(std::vector<iovec>& parts) const {
    for (const Py_buffer& view : views_) {
      if (view.len > 0) {
        parts.push_back({view.buf, static_cast<size_t>(view.len)});
      }
    }
  }

 private:
  void release() {
    for (Py_buffer& view : views_) {
      PyBuffer_Release(&view);
    }
  }

  std::vector<Py_buffer> views_;
  size_t size_ = 0;
};

}  // namespace orthanc_runtime
