# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to a running Orthanc; every failure is one line that says what to do."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlunsplit

from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_url import split_url

if TYPE_CHECKING:
    import requests

URL = "http://localhost:8042"
STATUS = "/python-runtime/status"
TIMEOUT = 10.0  # seconds
LONG_TIMEOUT = 600.0  # for handlers
_HERE = ("localhost", "127.0.0.1", "::1")


class RunningOrthanc:
    """User and password may stand in the URL."""

    def __init__(self, url: str, insecure: bool = False) -> None:
        # takes long to import: completion of commands in a shell shall not wait for it
        import requests

        parts = split_url(url)
        self.shown = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])).rstrip("/")
        self.is_here = parts.hostname in _HERE
        """On this machine, as far as the URL tells."""
        self._url = urlunsplit(parts).rstrip("/")
        self._session = requests.Session()
        self._session.verify = not insecure
        self._session.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._session.close()

    def status(self) -> dict[str, Any]:
        """Of the pools. Raises CommandError where this plugin is not there."""
        found = self.find(STATUS)
        if found is None:
            raise CommandError(
                f"the Orthanc at {self.shown} does not run this plugin, or an older one"
            )
        status: dict[str, Any] = found
        return status

    def find(self, path: str) -> Any:
        """The JSON of a route, None where there is no such one. Raises CommandError."""
        answer = self.request("GET", path, timeout=TIMEOUT)
        if answer.status_code == 401:
            raise CommandError(f"{self.shown} asks for a user: http://USER:PASSWORD@HOST:PORT")
        if answer.status_code == 404:
            return None
        if answer.status_code != 200:
            raise CommandError(f"{self.shown}{path} answered {answer.status_code} {answer.reason}")
        try:
            return answer.json()
        except ValueError:
            raise CommandError(f"{self.shown}{path} is no JSON: is this Orthanc?") from None

    def request(
        self, method: str, path: str, data: bytes | None = None, timeout: float = LONG_TIMEOUT
    ) -> requests.Response:
        """Raises CommandError where there is no answer."""
        from requests import RequestException
        from requests.exceptions import SSLError

        try:
            return self._session.request(method, self._url + path, data=data, timeout=timeout)
        except SSLError as error:
            raise CommandError(f"{self.shown}: {error}; --insecure does not check it") from None
        except (RequestException, ValueError) as error:
            raise CommandError(
                f"no answer from {self.shown}: {_reason(error)}; is Orthanc running there?"
            ) from None


def _reason(error: BaseException) -> str:
    """That of the operating system, which requests and urllib3 wrap several times."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TimeoutError):
            return "timeout"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower()
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__
