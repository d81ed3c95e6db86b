# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A script in the process of the tests: breakpoints stop there, coverage counts its lines.

Its offloaded functions and handlers run in the test, too. Of the module ``orthanc`` there are the
registrations, the enumerations, the log, and ``RestApi*``, which asks a running test server over
HTTP; everything else needs Orthanc, and says so.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import parse_qsl, urlsplit

from orthanc_runtime import role as roles
from orthanc_runtime import sdk
from orthanc_runtime.errors import OrthancException
from orthanc_runtime.event_loops import finish_apart
from orthanc_runtime.offload import Offloaded
from orthanc_runtime.role import RestAccess
from orthanc_runtime.script import load_script

from .inline_output import InlineAnswer, InlineOutput
from .server import TestServer

PLUGIN_ERROR = 1
# OrthancPluginErrorCode where the body of an answer has none, by HTTP status.
USUAL_CODES = {400: 8, 401: 29, 404: 17, 406: 34, 409: 43}
_BODIES = ("POST", "PUT")
_numbers = itertools.count(1)


class InlineScript:
    """Imports a script while this context manager is entered, under a name of its own."""

    def __init__(self, script: str | Path, server: TestServer | None = None) -> None:
        """``server`` serves the script's ``RestApi*`` and ``rest``."""
        self._path = Path(script)
        self._server = server
        self.routes: list[tuple[re.Pattern[str], Callable[..., Any]]] = []
        self.registered: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        """The arguments of each other registration: ``registered["RegisterOnChangeCallback"]``."""
        self.log: list[str] = []
        self.module: ModuleType
        """The script."""

    def __enter__(self) -> Self:
        self._former = roles.current(), sys.modules.get("orthanc"), list(sys.path)
        self._name = f"inline_script_{next(_numbers)}"
        roles.install(_InlineRole(self._server))
        sys.modules["orthanc"] = self._orthanc()
        try:
            self.module = load_script(self._path, self._name)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        role, orthanc, path = self._former
        roles.install(role)
        sys.path[:] = path
        sys.modules.pop(self._name, None)
        if orthanc is None:
            sys.modules.pop("orthanc", None)
        else:
            sys.modules["orthanc"] = orthanc

    def request(
        self, method: str, uri: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> InlineAnswer:
        """Call the first handler whose pattern matches the whole path, as Orthanc would.

        What the handler raises reaches the test. Raises LookupError where no pattern matches.
        """
        parts = urlsplit(uri)
        handler, match = self._find(parts.path)
        request: dict[str, Any] = {
            "method": method,
            "groups": tuple(group or "" for group in match.groups()),
            "headers": {name.lower(): value for name, value in (headers or {}).items()},
        }
        if method == "GET":
            request["get"] = dict(parse_qsl(parts.query, keep_blank_values=True))
        if method in _BODIES:
            request["body"] = body
        output = InlineOutput()
        function = handler.__wrapped__ if isinstance(handler, Offloaded) else handler
        finish_apart(function(output, parts.path, **request))
        return output.finish()

    def get(self, uri: str, **options: Any) -> InlineAnswer:
        return self.request("GET", uri, **options)

    def post(self, uri: str, body: bytes = b"", **options: Any) -> InlineAnswer:
        return self.request("POST", uri, body, **options)

    def _find(self, path: str) -> tuple[Callable[..., Any], re.Match[str]]:
        for pattern, handler in self.routes:
            match = pattern.fullmatch(path)
            if match is not None:
                return handler, match
        known = ", ".join(pattern.pattern for pattern, _ in self.routes)
        raise LookupError(f"no route matches {path}; there are {known or 'none'}")

    def _orthanc(self) -> ModuleType:
        module = ModuleType("orthanc", "A part of the Orthanc SDK, for tests.")
        names = vars(module)
        names.update((enumeration.__name__, enumeration) for enumeration in sdk.ENUMERATIONS)
        names.update((name, type(name, (), {})) for name in sdk.CLASSES)
        for name in sdk.FUNCTIONS:
            names[name] = self._recorder(name) if name.startswith("Register") else _absent(name)
        for method in ("Get", "Post", "Put", "Delete"):
            for suffix in ("", "AfterPlugins"):
                names[f"RestApi{method}{suffix}"] = self._rest_api(method.upper())
        for level in ("Error", "Warning", "Info"):
            names[f"Log{level}"] = self.log.append
        names.update(
            OrthancException=OrthancException,
            RestOutput=InlineOutput,
            RegisterRestCallback=self._register_rest_callback,
            GetConfiguration=self._configuration,
        )
        return module

    def _register_rest_callback(self, pattern: str, callback: Callable[..., Any]) -> None:
        self.routes.append((re.compile(pattern), callback))

    def _recorder(self, name: str) -> Callable[..., None]:
        return lambda *arguments: self.registered[name].append(arguments)

    def _configuration(self) -> str:
        if self._server is None:
            return "{}"
        return (self._server.folder / "orthanc.json").read_text("utf-8")

    def _rest_api(self, method: str) -> Callable[..., bytes]:
        def call(uri: str, body: str | bytes = b"") -> bytes:
            if self._server is None:
                raise RuntimeError(f"{method} {uri} needs a server: inline_script(SCRIPT, server)")
            answer = self._server.request(method, uri, data=body)
            if answer.status_code != 200:
                error = _error_of(answer)
                usual = USUAL_CODES.get(answer.status_code, PLUGIN_ERROR)
                code = error.get("OrthancStatus", usual)
                raise OrthancException(code, error.get("OrthancError", answer.reason))
            return answer.content

        return call


class _InlineRole(roles.Outside):
    def __init__(self, server: TestServer | None) -> None:
        self._server = server

    def rest_access(self) -> RestAccess:
        if self._server is None:
            raise RuntimeError("rest needs a server: inline_script(SCRIPT, server)")
        return RestAccess(self._server.url, "")


def _error_of(answer: Any) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _absent(name: str) -> Callable[..., NoReturn]:
    def absent(*_: object, **__: object) -> NoReturn:
        raise NotImplementedError(f"orthanc.{name} needs Orthanc: test it with orthanc_server")

    return absent
