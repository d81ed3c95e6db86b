# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates the bindings of the ``orthanc`` module from the SDK header, at build time only.

::

    parse         header -> Header, as in model    (libclang)
    resolve       Header -> Surface, as in surface
      overrides     what was decided about single functions, in sdk_overrides
      rules         everything else, by the types of parameters and results
    remote_calls  Surface -> what workers call by frames
    emit_*        Surface -> C++, Python, stubs
    coverage      Surface -> what became of each function

An item of the header that no rule and no override covers stops the build, and so does an override
that matches nothing.
"""
