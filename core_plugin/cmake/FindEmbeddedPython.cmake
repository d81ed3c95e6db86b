# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# Python::Python with a shared libpython, and pybind11 from the same environment.
find_package(Python ${PYTHON_VERSION} COMPONENTS Interpreter Development.Module Development.Embed QUIET)
if(NOT Python_Interpreter_FOUND)
  message(FATAL_ERROR "No Python ${PYTHON_VERSION} found; name one with -DPython_EXECUTABLE=")
endif()
if(Python_VERSION VERSION_LESS 3.11)
  message(FATAL_ERROR "Python 3.11 or newer is needed, ${Python_EXECUTABLE} is ${Python_VERSION}")
endif()
if(Python_VERSION VERSION_EQUAL 3.14.0)
  message(FATAL_ERROR "Python 3.14.0 cannot be told the bounds of a C stack; use 3.14.1 or newer")
endif()
if(NOT Python_Development.Embed_FOUND)
  message(FATAL_ERROR "The shared libpython ${Python_VERSION_MAJOR}.${Python_VERSION_MINOR} or its "
    "headers are missing: apt-get install python3-dev, or build Python with --enable-shared")
endif()
get_filename_component(EMBEDDED_PYTHON_NAME "${Python_LIBRARIES}" NAME)
if(EMBEDDED_PYTHON_NAME MATCHES "\\.a$")
  message(FATAL_ERROR "${Python_LIBRARIES} is static: extension modules such as numpy need the "
    "shared libpython (build Python with --enable-shared)")
endif()
get_filename_component(EMBEDDED_PYTHON_LIBRARY_DIR "${Python_LIBRARIES}" DIRECTORY)
execute_process(COMMAND "${Python_EXECUTABLE}" -m pybind11 --cmakedir
  OUTPUT_VARIABLE PYBIND11_CMAKE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
find_package(pybind11 3.0 CONFIG QUIET HINTS "${PYBIND11_CMAKE_DIR}")
if(NOT pybind11_FOUND)
  message(FATAL_ERROR "pybind11 >= 3.0 is missing: ${Python_EXECUTABLE} -m pip install pybind11")
endif()
message(STATUS "Python: ${Python_EXECUTABLE} ${Python_VERSION}, ${Python_LIBRARIES}")
