"""What a supervisor starts ends with it, whatever it does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from arengo_core.cli.supervisor import Child, Supervisor

# A child that hears no SIGTERM, or dies of it at once; either way its own child hears none.
CODE = """
import os, signal, sys, time
ignore, folder = sys.argv[1] == "deaf", sys.argv[2]
if os.fork() == 0 or ignore:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(os.path.join(folder, str(os.getpid())), "w").close()
time.sleep(600)
"""


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
@pytest.mark.parametrize("manner", ["deaf", "mortal"])
def test_a_child_and_its_own_children_end(manner, tmp_path, monkeypatch):
    (tmp_path / "stubborn.py").write_text(CODE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "pids").mkdir()
    # What ends in order must not keep this process from being interrupted afterwards.
    monkeypatch.setattr("arengo_core.cli.supervisor._ENDINGS", ())
    supervisor = Supervisor(patience=1)
    supervisor.start(Child("stubborn", ("stubborn", manner, str(tmp_path / "pids"))))
    deadline = time.monotonic() + 300
    while len(os.listdir(tmp_path / "pids")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    pids = [int(name) for name in os.listdir(tmp_path / "pids")]
    assert len(pids) == 2, "they did not begin within five minutes"
    assert all(map(_lives, pids))

    supervisor.stop()

    while any(map(_lives, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_lives, pids)), "they live on"
