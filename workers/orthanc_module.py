# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ``orthanc`` of a worker.

Enumerations and the exception are those of the master. Registrations only record, so that
the script can be imported; other calls and log lines travel to Orthanc as frames; static facts
came with the bootstrap frame. What is not there says what to use instead.
"""

from __future__ import annotations

import difflib
import enum
import operator
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NoReturn

from orthanc_runtime.errors import NotInWorker, OrthancException
from orthanc_runtime.lanes import check_text
from orthanc_runtime.log_codes import LogLevel
from orthanc_runtime.offload import offloaded_within

from .calls import Calls
from .output import RestOutput
from .remote_functions import RemoteFunctions
from .role import WorkerRole

DATABASE_NOT_INITIALIZED = 2038

NEEDS_DATABASE = re.compile(
    r"(RestApi|CallRestApi|Lookup(Patient|Study|Series|Instance)|GetDicomForInstance"
    r"|DicomInstanceToJson|[GS]etGlobalProperty)"
)

# Called while the script is imported, these declare something to Orthanc. The import in the
# master has done so.
_DECLARATIONS = frozenset(
    {
        "ClearCurrentThreadName",
        "ExtendOrthancExplorer",
        "ExtendOrthancExplorer2",
        "SetCurrentThreadName",
        "SetDescription",
        "SetDescription2",
        "SetRootUri",
        "SetRootUri2",
    }
)


class OrthancModule:
    """Builds the module; :attr:`module` is what belongs into ``sys.modules``."""

    def __init__(
        self, sdk: Any, calls: Calls, role: WorkerRole, facts: Mapping[str, Any], token: str
    ) -> None:
        self._sdk = sdk
        self._calls = calls
        self._role = role
        self._facts = facts
        self._token = token
        self._importing = True
        self.recorded: list[str] = []
        """Names of the registrations that the script made, REST routes apart."""
        self.module = self._build()

    def imported(self) -> None:
        """The script has been imported: no registration from now on, but calls."""
        self._importing = False

    def _build(self) -> ModuleType:
        module = ModuleType("orthanc", "The Orthanc SDK, as far as a worker can reach it.")
        names = vars(module)
        for name, value in vars(self._sdk).items():
            if isinstance(value, type) and issubclass(value, enum.Enum) and value.__members__:
                names[name] = value
        remote = RemoteFunctions(self._sdk, self._calls, self._permit)
        self.held = remote.held
        for name, methods in self._sdk.CLASSES.items():
            held = remote.classes.get(name)
            names[name] = _placeholder(name) if held is None else held
            for method in methods:
                if held is not None and method not in vars(held):
                    setattr(held, method, _absent(f"{name}.{method}"))
        for name in self._sdk.FUNCTIONS:
            if name.startswith("Register") or name in _DECLARATIONS:
                names[name] = self._recorder(name)
            else:
                names[name] = _absent(name)
        names.update(remote.functions)
        names.update(
            OrthancException=OrthancException,
            RestOutput=RestOutput,
            RegisterChunkedRestCallback=self._register_chunked_rest_callback,
            RegisterErrorCode=self._register_error_code,
            RegisterRestCallback=self._register_rest_callback,
            LogError=self._logger("LogError", LogLevel.ERROR),
            LogWarning=self._logger("LogWarning", LogLevel.WARNING),
            LogInfo=self._logger("LogInfo", LogLevel.INFO),
            GenerateRestApiAuthorizationToken=self._get_token,
            GetConfiguration=self._fact("GetConfiguration", "configuration"),
            GetOrthancPath=self._fact("GetOrthancPath", "orthanc_path"),
            GetOrthancDirectory=self._fact("GetOrthancDirectory", "orthanc_directory"),
            GetConfigurationPath=self._fact("GetConfigurationPath", "configuration_path"),
        )
        known = sorted(name for name in names if not name.startswith("_"))
        names["__getattr__"] = _unknown(known)
        return module

    def _register_rest_callback(self, pattern: str, callback: Callable[..., object], /) -> None:
        self._must_import("RegisterRestCallback")
        if not isinstance(pattern, str) or not callable(callback):
            raise TypeError("RegisterRestCallback needs a regular expression and a callable")
        self._role.rest_route(pattern, callback)

    def _register_chunked_rest_callback(
        self,
        pattern: str,
        get: Callable[..., object] | None = None,
        post: Callable[..., object] | None = None,
        delete: Callable[..., object] | None = None,
        put: Callable[..., object] | None = None,
    ) -> None:
        name = "RegisterChunkedRestCallback"
        self._must_import(name)
        given = [handler for handler in (get, post, delete, put) if handler is not None]
        if not isinstance(pattern, str) or not all(map(callable, given)):
            raise TypeError(f"{name} needs a regular expression and callables")
        if any(offloaded_within(reader) for reader in (post, put)):
            raise TypeError(f"{name}: what reads an upload cannot be offloaded")
        for handler in (get, delete):  # in the order in which the master counts them
            if handler is not None:
                self._role.rest_route(pattern, handler)
        self.recorded.append(name)

    def _register_error_code(self, code: int, httpStatus: int, message: str, /) -> int:  # noqa: N803
        """The code is the answer that the script had when it declared it in the master."""
        name = "RegisterErrorCode"
        self._must_import(name)
        numbers = [operator.index(code), operator.index(httpStatus)]
        check_text(message, 3)
        self.recorded.append(name)
        return numbers[0]

    def _recorder(self, name: str) -> Callable[..., None]:
        def record(*_: object) -> None:
            self._must_import(name)
            self.recorded.append(name)

        return _named(record, name)

    def _must_import(self, name: str) -> None:
        if not self._importing:
            raise NotInWorker(
                f"orthanc.{name} works in a worker only while the script is imported, where it is "
                "recorded; call it in the master: at import, or in a handler without @offload"
            )

    def _permit(self, name: str) -> None:
        # Orthanc has no database yet when the script is imported in the master.
        if self._importing and NEEDS_DATABASE.match(name):
            raise OrthancException(
                DATABASE_NOT_INITIALIZED,
                "Plugin trying to call the database during its initialization",
            )

    def _logger(self, name: str, level: LogLevel) -> Callable[[str], None]:
        def log(message: str, /) -> None:
            check_text(message, 1)
            self._calls.log(level, message)

        return _named(log, name)

    def _get_token(self) -> str:
        # Each call of the SDK's function adds a token that never expires; one is enough.
        return self._token

    def _fact(self, name: str, key: str) -> Callable[[], str]:
        def fact() -> str:
            value: str = self._facts[key]
            return value

        return _named(fact, name)


def _named(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    function.__name__ = function.__qualname__ = name
    function.__module__ = "orthanc"
    return function


# What would have Orthanc call the worker, or touch its memory.
_REASONS = {
    "ChunkedHttpClient": (
        "it calls functions of the script; use requests, which sends an iterator (data=) and "
        "receives in parts (stream=True), or HttpClient"
    ),
    "CreateImageAccessor": "it shares memory with Orthanc; use CreateImageFromBuffer",
    "CreateJob": "Orthanc calls the steps of a job in the master",
    "SubmitJob": "Orthanc calls the steps of a job in the master",
}


def _absent(name: str) -> Callable[..., NoReturn]:
    reason = _REASONS.get(name.rpartition(".")[2])

    def absent(*_: object, **__: object) -> NoReturn:
        raise NotInWorker(
            f"orthanc.{name} is not available in a worker"
            + (f", as {reason}. Or" if reason else ": use orthanc_runtime.rest, or")
            + " call it in the master, in a function without @offload"
        )

    return _named(absent, name)


def _placeholder(name: str) -> type:
    """A class that scripts can name, in annotations for example, and nothing more."""
    absent = _absent(name)

    def refuse(cls: type, *arguments: object) -> NoReturn:  # noqa: ARG001
        absent()

    return type(name, (), {"__module__": "orthanc", "__new__": refuse})


def _unknown(known: list[str]) -> Callable[[str], NoReturn]:
    def __getattr__(name: str) -> NoReturn:  # noqa: N807
        message = f"module 'orthanc' has no attribute {name!r}"
        near = difflib.get_close_matches(name, known, 1) if not name.startswith("_") else []
        raise AttributeError(f"{message}; did you mean {near[0]!r}?" if near else message)

    return __getattr__
