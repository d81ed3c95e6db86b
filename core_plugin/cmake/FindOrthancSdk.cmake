# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# orthanc_sdk: the installed header of the Orthanc plugin SDK.
find_path(ORTHANC_SDK_INCLUDE_DIR orthanc/OrthancCPlugin.h HINTS "${ORTHANC_SDK_DIR}" NO_CACHE)
if(ORTHANC_SDK_DIR AND NOT EXISTS "${ORTHANC_SDK_DIR}/orthanc/OrthancCPlugin.h")
  message(FATAL_ERROR "ORTHANC_SDK_DIR=${ORTHANC_SDK_DIR} holds no orthanc/OrthancCPlugin.h")
endif()
if(NOT ORTHANC_SDK_INCLUDE_DIR)
  message(FATAL_ERROR "orthanc/OrthancCPlugin.h is missing: apt-get install orthanc-dev, "
    "or say where it is with -DORTHANC_SDK_DIR=")
endif()
set(ORTHANC_SDK_HEADER "${ORTHANC_SDK_INCLUDE_DIR}/orthanc/OrthancCPlugin.h")
add_library(orthanc_sdk INTERFACE)
target_include_directories(orthanc_sdk SYSTEM INTERFACE "${ORTHANC_SDK_INCLUDE_DIR}")
message(STATUS "Orthanc SDK: ${ORTHANC_SDK_HEADER}")
