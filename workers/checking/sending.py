# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be sent to workers along with a call, and cannot be."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType, MethodType
from typing import Any

from orthanc_runtime.addresses import VALUE, function_address
from orthanc_runtime.errors import NotAddressable, NotTransferable
from orthanc_runtime.findings import Finding, Level
from orthanc_runtime.offload import Offloaded
from orthanc_runtime.payload import encode_call

from .places import name_of, place_of
from .registrations import REST_ROUTES, Registration

LARGE = 1024 * 1024  # bytes


def check_sending(
    declared: Iterable[Offloaded[..., Any]],
    registrations: Iterable[Registration],
    namespaces: Iterable[Mapping[str, Any]],
) -> Iterator[Finding]:
    """``namespaces`` are those of the scripts. Handlers of routes are found by their registration
    and not sent."""
    registrations = list(registrations)
    routed = {
        id(_innermost(registration.callback))
        for registration in registrations
        if registration.function in REST_ROUTES
    }
    called = [offloaded for offloaded in declared if id(offloaded) not in routed]
    for offloaded in called:
        yield from check_function(offloaded)
        for namespace in namespaces:
            yield from check_instances(offloaded, namespace)
    for registration in registrations:
        if registration.function not in REST_ROUTES:
            yield from check_bound(registration)


def check_function(offloaded: Offloaded[..., Any]) -> Iterator[Finding]:
    """Of one that is called: whether a worker finds it, or can be sent it."""
    name, place = name_of(offloaded), place_of(offloaded)
    try:
        address = function_address(offloaded)
    except NotAddressable as error:
        yield Finding(Level.ERROR, f"{name} cannot be called in a worker", str(error), "", place)
        return
    if not address.startswith(VALUE):
        return
    function = offloaded.__wrapped__
    try:
        size = _size(function)
    except NotTransferable as error:
        for captured, refusal in _refused(function):
            yield Finding(
                Level.ERROR,
                f"{name} cannot be sent to a worker",
                f"no name leads to it, so it travels with each call, and {captured} with it: "
                f"{refusal}",
                "define it with def at the top level of the script, where workers import it with "
                "what it uses",
                place,
            )
            return
        yield Finding(
            Level.ERROR,
            f"{name} cannot be sent to a worker",
            _reason(error),
            "define it with def at the top level of the script",
            place,
        )
        return
    if size > LARGE:
        yield Finding(
            Level.WARNING,
            f"{size / LARGE:.0f} MB are sent with each call of {name}",
            "no name leads to it, so it travels with what it closes over, and the globals it uses",
            "define it with def at the top level of the script, where workers import it",
            place,
        )


def check_instances(
    offloaded: Offloaded[..., Any], namespace: Mapping[str, Any]
) -> Iterator[Finding]:
    """Objects of the script that have this method, and would travel with each call of it."""
    owner = name_of(offloaded).rpartition(".")[0]
    for name, value in namespace.items():
        kind = type(value)
        if not owner or kind.__qualname__ != owner or kind.__module__ != offloaded.__module__:
            continue
        try:
            _size(value)
        except NotTransferable as error:
            yield Finding(
                Level.WARNING,
                f"{name}.{offloaded.__wrapped__.__name__}() cannot run in a worker",
                f"the object is sent with each call: {_reason(error)}",
                f"leave that attribute out in {owner}.__getstate__, or offload a function that "
                f"uses the {name} of its worker",
                place_of(offloaded),
            )


def check_bound(registration: Registration) -> Iterator[Finding]:
    """Of a callback of Orthanc that is a method or partial: what is sent when it is called."""
    callback = registration.callback
    if not isinstance(_innermost(callback), Offloaded):
        return
    for label, value in _bound(callback):
        try:
            _size(value)
        except NotTransferable as error:
            yield Finding(
                Level.ERROR,
                f"{registration.function}: {name_of(callback)} cannot run in a worker",
                f"{label} is sent with each call: {_reason(error)}",
                "register a function that uses a global of the script, which each worker has",
                registration.registered_at,
            )


def _innermost(callback: Any) -> Any:
    while isinstance(callback, (functools.partial, MethodType)):
        callback = callback.func if isinstance(callback, functools.partial) else callback.__func__
    return callback


def _bound(callback: Any) -> Iterator[tuple[str, Any]]:
    while isinstance(callback, (functools.partial, MethodType, Offloaded)):
        if isinstance(callback, Offloaded):
            callback = callback.__wrapped__
        elif isinstance(callback, MethodType):
            yield f"its object of type {type(callback.__self__).__qualname__}", callback.__self__
            callback = callback.__func__
        else:
            for number, value in enumerate(callback.args, 1):
                yield f"argument {number} of the partial", value
            for key, value in callback.keywords.items():
                yield f"argument {key!r} of the partial", value
            callback = callback.func


def _refused(function: Any) -> Iterator[tuple[str, str]]:
    """What a function takes along and cannot be pickled, each with the reason."""
    for label, value in _captured(function):
        try:
            _size(value)
        except NotTransferable as error:
            yield label, _reason(error)


def _captured(function: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(function, FunctionType):
        return
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield f"`{name}`, over which it closes,", cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    for name in dict.fromkeys(_names(code)):
        if name in function.__globals__:
            yield f"the global `{name}`", function.__globals__[name]
    for value in function.__defaults__ or ():
        yield "the default of an argument", value


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _size(value: Any) -> int:
    """Bytes on the way to a worker. Raises NotTransferable."""
    return sum(memoryview(part).nbytes for part in encode_call((value,), {}))


def _reason(error: NotTransferable) -> str:
    """The refusal of pickle, without what it stands in."""
    return str(error).rpartition(" cannot be sent to a worker: ")[2]
