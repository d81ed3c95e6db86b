// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "callbacks/coroutines.h"

#include "runtime.h"

namespace orthanc_runtime {

void finish_coroutine(const Runtime& now, const py::object& returned) {
  if (PyCoro_CheckExact(returned.ptr()) != 0) {
    now.coroutines().attr("run")(returned);
  }
}

}  // namespace orthanc_runtime
