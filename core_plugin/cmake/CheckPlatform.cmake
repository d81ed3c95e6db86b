# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  message(FATAL_ERROR
    "Orthanc Runtime builds on Linux only (pidfd, epoll, swapcontext); this is ${CMAKE_SYSTEM_NAME}")
endif()
