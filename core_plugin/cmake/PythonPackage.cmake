# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# The Python package: installed beside the plugin, and linked together in the build tree, where
# the plugin finds it without an installation.
file(STRINGS pyproject.toml ORTHANC_RUNTIME_VERSION REGEX "^version = ")
string(REGEX REPLACE "^version = \"(.*)\"$" "\\1" ORTHANC_RUNTIME_VERSION "${ORTHANC_RUNTIME_VERSION}")

# Plugin and workers must come from one build: a worker started after an upgrade of the package
# under a running Orthanc tells itself apart by this.
file(GLOB_RECURSE BUILD_ID_SOURCES CONFIGURE_DEPENDS core_plugin/src/* orthanc_runtime/*.py workers/*.py)
set(BUILD_ID_HASHES "")
foreach(source IN LISTS BUILD_ID_SOURCES)
  file(SHA256 "${source}" hash)
  string(APPEND BUILD_ID_HASHES "${hash}")
endforeach()
string(SHA256 BUILD_ID "${BUILD_ID_HASHES}")
string(SUBSTRING "${BUILD_ID}" 0 12 BUILD_ID)
file(WRITE "${GENERATED_DIR}/build.py.new" "BUILD = \"${BUILD_ID}\"\n")
file(COPY_FILE "${GENERATED_DIR}/build.py.new" "${GENERATED_DIR}/build.py" ONLY_IF_DIFFERENT)

install(FILES "${GENERATED_DIR}/sdk.py" "${GENERATED_DIR}/build.py" DESTINATION orthanc_runtime)
install(FILES "${GENERATED_DIR}/orthanc-stubs/__init__.pyi" DESTINATION orthanc-stubs)
install(FILES core_plugin/outside/orthanc.py DESTINATION .)

set(TREE "${CMAKE_CURRENT_BINARY_DIR}/python/orthanc_runtime")
file(MAKE_DIRECTORY "${TREE}")
file(GLOB PACKAGE_ENTRIES CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}/orthanc_runtime"
  orthanc_runtime/*)
list(REMOVE_ITEM PACKAGE_ENTRIES __pycache__)
foreach(entry IN LISTS PACKAGE_ENTRIES)
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/orthanc_runtime/${entry}" "${TREE}/${entry}" SYMBOLIC)
endforeach()
file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/workers" "${TREE}/workers" SYMBOLIC)
foreach(name sdk.py build.py)
  file(CREATE_LINK "${GENERATED_DIR}/${name}" "${TREE}/${name}" SYMBOLIC)
endforeach()
