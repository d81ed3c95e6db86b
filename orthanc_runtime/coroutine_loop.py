# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The asyncio loop of the master interpreter, on which handlers that are coroutines run.

The thread that Orthanc has called waits without the GIL while its coroutine runs here.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
import traceback
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import uvloop

from .errors import PoolStopping
from .log_codes import LogCode
from .master_log import MasterLog

Result = TypeVar("Result")

THREAD = "orthanc-runtime-coroutines"
# How long tasks that are cancelled at the end of the loop may take, in seconds.
WIND_UP = 0.5
# Of the time given to cancel(), what remains for answers to be sent.
ANSWERS = 0.3


class CoroutineCancelled(PoolStopping):
    """Orthanc stops, and the coroutine was cancelled, or given up as it does not yield."""


class CoroutineLoop:
    """One thread, which starts with the first coroutine."""

    def __init__(self, log: MasterLog) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: set[_Call] = set()
        self._refusing = False
        self._ending = False

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Wait for the result; raises what the coroutine raises.

        Raises CoroutineCancelled where the stop of Orthanc comes first, and RuntimeError in the
        thread of the loop itself, which cannot wait for what it has to run.
        """
        if self._thread is threading.current_thread():
            coroutine.close()
            raise RuntimeError(
                "a coroutine has called a function of Orthanc that waits for another coroutine on "
                "the same event loop: call it by `await asyncio.to_thread(...)`"
            )
        call = _Call(coroutine)
        with self._lock:
            if self._refusing:
                coroutine.close()
                raise CoroutineCancelled("Orthanc is stopping")
            try:
                loop = self._running_loop()
            except BaseException:
                coroutine.close()
                raise
            self._calls.add(call)
            loop.call_soon_threadsafe(call.begin, loop)
        try:
            result: Result = call.ended.result()
            return result
        finally:
            with self._lock:
                self._calls.discard(call)
            # The traceback of an error holds this frame, which would hold the error.
            del call

    def cancel(self, seconds: float) -> None:
        """Cancel the coroutines somebody waits for, and take no other; returns when they ended.

        After most of ``seconds`` those that do not yield are given up.
        """
        with self._lock:
            self._refusing = True
            calls = set(self._calls)
            if self._loop is not None and calls:
                for call in calls:
                    self._loop.call_soon_threadsafe(call.cancel)
        late = concurrent.futures.wait(
            [call.ended for call in calls], seconds * (1 - ANSWERS)
        ).not_done
        if late:
            self._log.write(
                LogCode.COROUTINES_LEFT,
                f"{len(late)} coroutine handlers go on after they were cancelled, or keep the "
                "event loop busy; their requests are answered without them",
            )
        for call in calls:
            call.give_up()

    def begin_stop(self) -> None:
        """Cancel all tasks of the loop and end its thread; returns at once."""
        self.cancel(0)
        with self._lock:
            if self._loop is not None and not self._ending:
                self._ending = True
                self._loop.call_soon_threadsafe(self._wind_up)

    def stop(self, deadline: float) -> bool:
        """Wait for that until ``deadline`` (monotonic clock); true if the thread has ended."""
        self.begin_stop()
        if self._thread is None:
            return True
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return not self._thread.is_alive()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            loop = uvloop.new_event_loop()
            loop.set_exception_handler(self._report)
            thread = threading.Thread(target=self._serve, args=(loop,), name=THREAD, daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system has no thread left; perhaps the next time
                loop.close()
                raise
            self._loop, self._thread = loop, thread
        return self._loop

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        executor = ThreadPoolExecutor(thread_name_prefix=f"{THREAD}-executor")
        loop.set_default_executor(executor)
        while not self._ending:
            try:
                loop.run_forever()
            except BaseException:  # noqa: BLE001 - a task that raises SystemExit ends the loop
                self._log.write(
                    LogCode.EVENT_LOOP_ERROR,
                    f"a task of the event loop raised\n{traceback.format_exc()}",
                )
        executor.shutdown(wait=False, cancel_futures=True)
        loop.run_until_complete(loop.shutdown_asyncgens())
        with self._lock:
            loop.close()
            self._loop = None

    def _wind_up(self) -> None:
        assert self._loop is not None
        loop = self._loop
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()

        async def end() -> None:
            if tasks:
                await asyncio.wait(tasks, timeout=WIND_UP)
            loop.stop()

        self._last = loop.create_task(end())

    def _report(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        text = "" if error is None else "\n" + "".join(traceback.format_exception(error))
        self._log.write(
            LogCode.EVENT_LOOP_ERROR,
            f"event loop of coroutine handlers: {context.get('message')}{text}",
        )


class _Call:
    """A coroutine for which a thread waits."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.ended: Future[Any] = Future()
        self._coroutine = coroutine
        self._task: asyncio.Task[None] | None = None
        self._lock = threading.Lock()
        self._stopped = False

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.ended.done():
            self._coroutine.close()
        else:
            self._task = loop.create_task(self._run())
            self._task.add_done_callback(self._close)

    def cancel(self) -> None:
        """Orthanc stops."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()

    def give_up(self) -> None:
        self._end(error=CoroutineCancelled("Orthanc is stopping"))

    def _close(self, _task: asyncio.Task[None]) -> None:
        # A task that is cancelled before it begins does nothing at all.
        self._coroutine.close()
        self.give_up()

    async def _run(self) -> None:
        # SystemExit, too, belongs to whoever waits: here it would end the loop.
        try:
            result = await self._coroutine
        except asyncio.CancelledError as error:
            if self._stopped:
                self.give_up()
            else:
                self._end(error=error)
            raise
        except GeneratorExit:
            raise
        except BaseException as error:  # noqa: BLE001
            self._end(error=error)
        else:
            self._end(result)

    def _end(self, result: object = None, error: BaseException | None = None) -> None:
        with self._lock:
            if self.ended.done():
                return
            if error is None:
                self.ended.set_result(result)
            else:
                self.ended.set_exception(error)
