# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The compiler's own include directory: without it libclang silently turns size_t into int.
execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-file-name=include
  OUTPUT_VARIABLE COMPILER_INCLUDE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT EXISTS "${COMPILER_INCLUDE_DIR}/stddef.h")
  execute_process(COMMAND "${CMAKE_CXX_COMPILER}" -print-resource-dir
    OUTPUT_VARIABLE COMPILER_RESOURCE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  set(COMPILER_INCLUDE_DIR "${COMPILER_RESOURCE_DIR}/include")
endif()
if(NOT EXISTS "${COMPILER_INCLUDE_DIR}/stddef.h")
  message(FATAL_ERROR "${CMAKE_CXX_COMPILER} does not say where its own headers (stddef.h) are")
endif()
execute_process(COMMAND "${Python_EXECUTABLE}" -c "import clang.cindex" RESULT_VARIABLE LIBCLANG
  OUTPUT_QUIET ERROR_QUIET)
if(NOT LIBCLANG EQUAL 0)
  message(FATAL_ERROR "libclang is missing: ${Python_EXECUTABLE} -m pip install libclang")
endif()
