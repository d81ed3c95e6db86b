# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GENERATED_DIR, GENERATED_SOURCES, GENERATED_CALLS: the bindings of the SDK, and the same calls made
# by workers, from the installed header. GENERATED_LOG_CODES: the table of log_codes.py.
set(GENERATED_DIR "${CMAKE_CURRENT_BINARY_DIR}/generated")
set(GENERATED_SOURCES "${GENERATED_DIR}/functions.cpp" "${GENERATED_DIR}/classes.cpp")
set(GENERATED_CALLS "${GENERATED_DIR}/calls.cpp")
set(GENERATED_PYTHON "${GENERATED_DIR}/sdk.py" "${GENERATED_DIR}/orthanc-stubs/__init__.pyi")
file(GLOB_RECURSE CODEGEN_SOURCES CONFIGURE_DEPENDS core_plugin/codegen/*.py)
add_custom_command(
  OUTPUT ${GENERATED_SOURCES} ${GENERATED_CALLS} ${GENERATED_PYTHON}
  COMMAND "${CMAKE_COMMAND}" -E env "PYTHONDONTWRITEBYTECODE=1" "${Python_EXECUTABLE}" -m codegen
    --header "${ORTHANC_SDK_HEADER}" --compiler-include "${COMPILER_INCLUDE_DIR}"
    --output "${GENERATED_DIR}"
  DEPENDS ${CODEGEN_SOURCES} "${ORTHANC_SDK_HEADER}"
  # Not PYTHONPATH: that is how pip shows an isolated build its requirements.
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/core_plugin"
  COMMENT "Generating the bindings of the Orthanc SDK"
  VERBATIM)
add_custom_target(generated_bindings ALL DEPENDS ${GENERATED_SOURCES} ${GENERATED_CALLS} ${GENERATED_PYTHON})

set(GENERATED_LOG_CODES "${GENERATED_DIR}/log_codes.h")
set(LOG_CODES "${CMAKE_CURRENT_SOURCE_DIR}/orthanc_runtime/log_codes.py")
add_custom_command(
  OUTPUT ${GENERATED_LOG_CODES}
  COMMAND "${CMAKE_COMMAND}" -E env "PYTHONDONTWRITEBYTECODE=1" "${Python_EXECUTABLE}" -m codegen.log_codes
    "${LOG_CODES}" "${GENERATED_LOG_CODES}"
  DEPENDS ${LOG_CODES} core_plugin/codegen/log_codes.py
  WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/core_plugin"
  COMMENT "Generating the codes of log lines"
  VERBATIM)
