# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates the bindings of the ``orthanc`` module from the SDK header, at build time only.

::

    parse      header -> Header            (libclang)
    surface    Header -> Surface           (rules first, overrides for the rest)
    emit_*     Surface -> C++, Python, stubs

An item of the header that no rule and no override covers stops the build.
"""
