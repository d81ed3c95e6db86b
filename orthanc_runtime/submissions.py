# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of offloaded functions that nobody waits for, or not yet: ``f.submit(x)``."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from .errors import PoolSaturated, PoolStopping
from .log_codes import LogCode
from .master_log import MasterLog

R = TypeVar("R")


class Submissions:
    """At most ``threads`` calls run at once, at most ``maximum`` run or wait."""

    def __init__(self, threads: int, maximum: int, log: MasterLog) -> None:
        self._maximum = maximum
        self._log = log
        self._lock = threading.Lock()
        self._pending: set[Future[Any]] = set()
        self._calls: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._stopped = False
        self._executor = ThreadPoolExecutor(threads, "orthanc-runtime-submit")

    def submit(self, name: str, call: Callable[[], R]) -> Future[R]:
        """``call`` runs in a thread; what it raises stands in the log if nobody asks for it.

        Raises PoolSaturated and PoolStopping.
        """
        future = _Submitted[R](name, self._log)
        with self._lock:
            if self._stopped:
                raise PoolStopping(f"{name} was submitted while Orthanc is stopping")
            if len(self._pending) >= self._maximum:
                raise PoolSaturated(
                    f"{name} was submitted while {self._maximum} submitted calls run or wait "
                    "(MaximumSubmitted)"
                )
            self._pending.add(future)
            self._calls.append((future, call))
            try:
                self._executor.submit(self._run_next)
            except RuntimeError as error:  # the system has no thread left
                if not self._executor._threads:
                    self._calls.pop()
                    self._pending.discard(future)
                    raise PoolSaturated(f"{name} was submitted, but {error}") from error
        return future

    def stop(self, deadline: float) -> bool:
        """Fail what waits; true if what runs has ended by ``deadline`` (monotonic clock).

        To be called after the pool has stopped.
        """
        with self._lock:
            self._stopped = True
            waiting = [future for future, _ in self._calls]
            self._calls.clear()
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(PoolStopping("Orthanc is stopping"))
        self._executor.shutdown(wait=False)
        for thread in list(self._executor._threads):
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._executor._threads)

    def _run_next(self) -> None:
        with self._lock:
            if not self._calls:
                return  # stopped
            future, call = self._calls.popleft()
            runs = future.set_running_or_notify_cancel()
        try:
            if runs:
                future.set_result(call())
        except BaseException as error:  # noqa: BLE001 - whatever the function raises
            future.set_exception(error)
        finally:
            with self._lock:
                self._pending.discard(future)
            # The traceback of an error holds the frames of this thread, which would keep the Future
            # that has the error alive; so it was no argument either.
            del future


class _Submitted(Future[R], Generic[R]):
    def __init__(self, name: str, log: MasterLog) -> None:
        super().__init__()
        self._name = name
        self._log = log
        self._asked = False

    def result(self, timeout: float | None = None) -> R:
        self._asked = True
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        self._asked = True
        return super().exception(timeout)

    def add_done_callback(self, fn: Callable[[Future[R]], object]) -> None:
        self._asked = True
        super().add_done_callback(fn)

    def __del__(self) -> None:
        if self._asked or not self.done() or self.cancelled():
            return
        error = super().exception()
        if error is not None and not isinstance(error, PoolStopping):
            text = "".join(traceback.format_exception(error))
            self._log.write(
                LogCode.SUBMITTED_FAILED,
                f"{self._name} was submitted, and nobody asked how it ended:\n{text}",
                handler=self._name,
            )
