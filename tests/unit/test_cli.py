# SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line around Orthanc: configuration, ports, signals, one-line errors."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

import orthanc_runtime
from orthanc_runtime.cli import main
from orthanc_runtime.cli.command_error import CommandError
from orthanc_runtime.cli.orthanc_json import merge, read_configuration, strip_comments
from orthanc_runtime.cli.plugin_path import LIBRARY
from orthanc_runtime.cli.ports import free_port, is_free, owner

pytestmark = pytest.mark.unit

# Prints its configuration file and runs until a signal, as Orthanc does.
FAKE_ORTHANC = """import signal, sys
stops = [signal.SIGINT, signal.SIGTERM]
signal.pthread_sigmask(signal.SIG_BLOCK, stops)
print(open(sys.argv[1]).read(), flush=True)
print("ready", flush=True)
code = {code}
if code is None:
    signal.sigwait(stops)
    code = 0
sys.exit(code)
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script, a library and a server that are not the real ones."""
    package = tmp_path / "package"
    package.mkdir()
    (package / LIBRARY).touch()
    monkeypatch.setattr(orthanc_runtime, "__path__", [str(package), *orthanc_runtime.__path__])
    (tmp_path / "script.py").touch()
    install_fake_orthanc(tmp_path, monkeypatch, code=7)
    return tmp_path


def install_fake_orthanc(folder: Path, monkeypatch: pytest.MonkeyPatch, code: int | None) -> None:
    program = folder / "orthanc.py"
    program.write_text(FAKE_ORTHANC.format(code=code))
    executable = folder / "Orthanc"
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    executable.chmod(0o755)
    monkeypatch.setenv("ORTHANC", str(executable))


def served(fake: Path, capfd: pytest.CaptureFixture[str], *options: str) -> dict[str, object]:
    """The configuration that ``serve`` gave to Orthanc."""
    assert main(["serve", str(fake / "script.py"), *options]) == 7
    text = capfd.readouterr().out
    configuration = json.loads(text[: text.rindex("ready")])
    assert isinstance(configuration, dict)
    return configuration


def test_serve_writes_a_configuration_and_passes_the_exit_code_on(
    fake: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    configuration = served(fake, capfd, "--workers", "3")
    assert configuration["PythonScript"] == str(fake / "script.py")
    assert configuration["Plugins"] == [str(fake / "package" / LIBRARY)]
    assert configuration["Python"] == {"Workers": {"Count": 3}}
    storage = Path(str(configuration["StorageDirectory"]))
    assert not storage.parent.exists()


def test_serve_merges_a_configuration_with_comments(
    fake: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAME_OF_SERVER", "from the environment")
    config = fake / "base.json"
    config.write_text(
        """{
        // a comment with "quotes"
        "Name": "${NAME_OF_SERVER}", /* another
        one */ "Url": "http://x//y",
        "Plugins": ["other.so"],
        "StorageDirectory": "images",
        "Python": {"Path": "old.py", "Workers": {"Timeout": 5}}
        }"""
    )
    configuration = served(fake, capfd, "--config", str(config), "--workers", "2")
    assert configuration["Name"] == "from the environment"
    assert configuration["Url"] == "http://x//y"
    assert configuration["Plugins"] == [
        str(fake / "other.so"),
        str(fake / "package" / LIBRARY),
    ]
    assert configuration["StorageDirectory"] == str(fake / "images")
    assert configuration["Python"] == {"Workers": {"Timeout": 5, "Count": 2}}


def test_serve_reloads_workers(fake: Path, capfd: pytest.CaptureFixture[str]) -> None:
    config = fake / "base.json"
    config.write_text('{"Python": {"Workers": 5}}')
    configuration = served(fake, capfd, "--config", str(config), "--reload")
    assert configuration["Python"] == {"Workers": {"Count": 5, "ReloadOnChange": True}}


def test_serve_with_a_debugger_of_editors(
    fake: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "debugpy", ModuleType("debugpy", "not the real one"))
    sys.modules["debugpy"].__spec__ = ModuleSpec("debugpy", None)
    config = fake / "base.json"
    config.write_text('{"Python": {"Workers": {"Count": 5, "Pools": {"large": {"Count": 3}}}}}')
    configuration = served(fake, capfd, "--config", str(config), "--debugpy", "5678")
    workers = configuration["Python"]["Workers"]  # type: ignore[index]
    for pool in (workers, workers["Pools"]["large"]):
        assert (pool["Count"], pool["Timeout"]) == (1, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--debug"], "--debug needs a terminal"),
        (["--debugpy", "5678"], "-m pip install debugpy"),
    ],
)
def test_serve_cannot_debug(
    fake: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    message: str,
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _: False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert main(["serve", str(fake / "script.py"), *options]) == 1
    error = capfd.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_serve_keeps_a_storage(fake: Path, capfd: pytest.CaptureFixture[str]) -> None:
    storage = fake / "kept" / "here"
    assert served(fake, capfd, "--storage", str(storage))["StorageDirectory"] == str(storage)
    assert storage.is_dir()


def test_serve_names_the_owner_of_a_taken_port(
    fake: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    below = os.open(os.devnull, os.O_RDONLY)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        os.close(below)  # for the descriptor of the folder in which the owner is looked for
        port = listener.getsockname()[1]
        assert main(["serve", str(fake / "script.py"), "--http-port", str(port)]) == 7
    captured = capfd.readouterr()
    configuration = json.loads(captured.out[: captured.out.rindex("ready")])
    assert configuration["HttpPort"] > port
    assert f"HTTP port {port} is used by" in captured.err
    assert f"(pid {os.getpid()})" in captured.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_forwards_signals(
    fake: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    install_fake_orthanc(fake, monkeypatch, code=None)
    process = serve_in_a_process(fake)
    process.send_signal(number)
    assert process.wait(10) == 0
    assert process.stdout is not None
    process.stdout.close()


def test_orthanc_ends_when_serve_is_killed(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_fake_orthanc(fake, monkeypatch, code=None)
    process = serve_in_a_process(fake)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    process.kill()
    assert process.wait(10) == -signal.SIGKILL
    assert process.stdout is not None
    process.stdout.close()
    assert children
    deadline = time.monotonic() + 10
    while any(_runs(int(child)) for child in children):
        assert time.monotonic() < deadline, "Orthanc outlived serve"
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    """Neither gone nor a zombie, which whoever is init here has not reaped."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def serve_in_a_process(fake: Path) -> subprocess.Popen[str]:
    """``serve`` with the fake library and server, once the server has started."""
    program = (
        "import sys, orthanc_runtime\n"
        f"orthanc_runtime.__path__.insert(0, {str(fake / 'package')!r})\n"
        "from orthanc_runtime.cli import main\n"
        f"sys.exit(main(['serve', {str(fake / 'script.py')!r}]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(fake)},  # what a killed server leaves
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "ready":
            return process
    raise AssertionError(f"the server did not start, exit code {process.wait(10)}")


def test_plugin_path_prints_the_path_and_nothing_else(
    fake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plugin-path"]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{fake / 'package' / LIBRARY}\n"
    assert captured.err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serve", "missing.py"], "there is no script missing.py"),
        (["serve", "script.py", "--config", "none.json"], "cannot read the configuration"),
        (["serve", "script.py", "--config", "bad.json"], "is not valid JSON"),
        (["serve", "script.py", "--config", "list.json"], "must be a JSON object"),
        (["serve", "script.py", "--workers", "many"], "--workers"),
        (["serve", "script.py", "--storage", "script.py/x"], "cannot create the storage"),
        (["nothing"], "No such command"),
    ],
)
def test_errors_are_one_line(
    fake: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(fake)
    Path("bad.json").write_text("{,}")
    Path("list.json").write_text("[]")
    assert main(arguments) in (1, 2)
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert message in error
    assert "Traceback" not in error


def test_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(
        r"orthanc-runtime \d+\.\d+\.\d+, SDK \d+\.\d+\.\d+, Python 3\.\d+\.\S+\n",
        capsys.readouterr().out,
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_completion_in_bash() -> None:
    """What a person gets who types ``orthanc-runtime serve --rel`` and the tabulator."""
    ran = subprocess.run(
        [
            "bash",
            "-c",
            'eval "$(orthanc-runtime --show-completion)"; COMP_CWORD=2;'
            "COMP_WORDS=(orthanc-runtime serve --rel);"
            '_orthanc_runtime_completion orthanc-runtime; echo "${COMPREPLY[@]}"',
        ],
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        timeout=60,
    )
    assert ran.stdout == "--reload\n", ran.stderr


def test_missing_orthanc_is_named(
    fake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ORTHANC", "/nowhere/Orthanc")
    assert main(["serve", str(fake / "script.py")]) == 1
    assert "/nowhere/Orthanc is not installed" in capsys.readouterr().err


def test_missing_plugin_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(orthanc_runtime, "__path__", [str(tmp_path)])
    assert main(["plugin-path"]) == 1
    assert "make build" in capsys.readouterr().err


def test_comments_keep_line_numbers() -> None:
    text = '{"a": "//x /*", // one\n/* two\nthree */ "b": 1}'
    stripped = strip_comments(text)
    assert stripped.count("\n") == text.count("\n")
    assert json.loads(stripped) == {"a": "//x /*", "b": 1}


def test_merge_goes_into_objects() -> None:
    base = {"a": {"b": 1, "c": [1]}, "d": 1}
    assert merge(base, {"a": {"c": [2]}, "d": {"e": 1}}) == {
        "a": {"b": 1, "c": [2]},
        "d": {"e": 1},
    }
    assert base["d"] == 1


def test_configuration_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match="not UTF-8"):
        read_configuration(path)


def test_ports() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listener:  # noqa: S104
        port = listener.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) > port
        assert owner(port).endswith(f"(pid {os.getpid()})")
    free = free_port(20000)
    assert free_port(free, frozenset({free})) > free
