"""``arengo demo``: what it starts ends with it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import pytest

from arengo_core.cli.supervisor import free_port
from tests.operations.conftest import environment

# Two services are enough: what is started and stopped is the same, only sooner.
WITHOUT = "storefront, communications"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="arengo-demo-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _start(folder: Path, port: int, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "arengo_core.cli.main", "demo", *options],
        env=environment(folder, port=str(port), disabled_plugins=WITHOUT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _read_until(process: subprocess.Popen[str], text: str) -> str:
    seen = ""
    assert process.stdout is not None
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"it ended without saying {text!r}:\n{seen}")


def _processes_of(folder: Path) -> list[str]:
    """Command lines of processes that know this folder: server, worker, sink, PostgreSQL."""
    return [command for _, command in _ids_of(folder)]


def _ids_of(folder: Path) -> list[tuple[str, str]]:
    """Their process ids too."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes()
            known = str(folder).encode() in (entry / "environ").read_bytes() + command
        except OSError:
            continue
        if known and command:
            found.append((entry.name, command.replace(b"\0", b" ").decode()))
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_what_the_demo_starts_ends_with_it_and_the_data_stay(folder):
    port = free_port()
    first = _start(folder, port)
    try:
        said = _read_until(first, "Ctrl-C stops everything")
        mail = re.search(r"Mail\s+(http\S+)", said)
        assert mail
        assert httpx.get(f"http://127.0.0.1:{port}/sign-in", timeout=60).status_code == 200
        assert httpx.get(mail.group(1), timeout=60).status_code == 200
        assert len(_processes_of(folder)) >= 5

        other = _start(folder, free_port(), "--reset")
        assert f"a demo is running on {folder}" in other.communicate(timeout=300)[0]
        assert other.returncode == 2
        assert httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=60).status_code == 200
    finally:
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=300)
    assert first.returncode == 0
    assert _processes_of(folder) == []

    _forget_the_code(folder)
    elsewhere = free_port()
    again = _start(folder, elsewhere, "--consortium", "piemonte")
    try:
        said = _read_until(again, "Ctrl-C stops everything")
        assert "Loading" not in said
        assert "This folder holds valmalenco; --reset builds piemonte." in said
        assert "office@valmalenco.example" in said
        assert f"http://127.0.0.1:{elsewhere}/office/counter" in said
        assert str(port) not in said
    finally:
        again.terminate()
        again.communicate(timeout=300)
    assert _processes_of(folder) == []
    assert msgspec.json.decode((folder / "demo/stage.json").read_bytes())["consortium"] == (
        "valmalenco"
    )


def _forget_the_code(folder: Path) -> None:
    """As if a newer Arengo had been installed meanwhile."""
    path = folder / "demo/stage.json"
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), "code": ""}))


def test_a_folder_where_nothing_can_be_kept_is_named(arengo, tmp_path):
    (tmp_path / "file").touch()
    for command in (["demo"], ["migrate"]):
        answer = arengo(*command, data_dir=str(tmp_path / "file"), port=str(free_port()))
        assert answer.returncode == 2
        assert answer.stderr.startswith("arengo: ARENGO_DATA_DIR: nothing can be kept in")


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_an_interrupted_building_leaves_nothing_running_and_can_start_over(folder):
    port = free_port()
    demo = _start(folder, port)
    _read_until(demo, "Loading the demo")
    demo.send_signal(signal.SIGHUP)
    demo.communicate(timeout=600)
    assert demo.returncode == 1
    assert _processes_of(folder) == []

    over = subprocess.run(
        [sys.executable, "-m", "arengo_core.cli.main", "demo", "--reset", "--no-serve"],
        env=environment(folder, port=str(port), disabled_plugins=WITHOUT),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert over.returncode == 0, over.stderr
    assert "The demo is built" in over.stdout
    assert os.listdir(folder) == ["demo"]
    assert _processes_of(folder) == []


def _servers(folder: Path) -> set[str]:
    return {number for number, command in _ids_of(folder) if "demo_server" in command}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")
def test_a_change_below_a_watched_folder_starts_server_and_worker_anew(folder, tmp_path):
    (tmp_path / "plugin.py").write_text("")
    port = free_port()
    running = _start(folder, port, "--watch", str(tmp_path))
    try:
        _read_until(running, "Watching")
        before = _servers(folder)
        (tmp_path / "notes.txt").write_text("of no interest")
        (tmp_path / "plugin.py").write_text("changed = True")
        _read_until(running, "starting anew")
        _read_until(running, "The database is at this version's state.")
        for _ in range(3_000):
            after = _servers(folder)
            with suppress(httpx.TransportError):
                answers = httpx.get(f"http://127.0.0.1:{port}/health/live").status_code == 200
                if answers and after and not after & before:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError("the server was not started anew within five minutes")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=300)
    assert _processes_of(folder) == []
