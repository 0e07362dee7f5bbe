"""``arengo worker``: runs jobs, in a process that is replaced when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from arengo_core.cli.serve import refuse_unsafe
from arengo_core.database import roles
from arengo_core.plugins.watchdog import FOLDER
from arengo_core.settings import load_settings

_COMMAND = (sys.executable, "-m", "arengo_core.cli.worker_process")
_PAUSE = 1.0


@click.command()
def worker() -> None:
    """Run jobs: mails, webhooks' consequences, schedules."""
    settings = load_settings()
    if not settings.demo:
        refuse_unsafe(settings)
    with (
        tempfile.TemporaryDirectory(prefix="arengo-watch-") as folder,
        roles.embedded_running(settings),
    ):
        sys.exit(_keep_running(Path(folder)))


def _keep_running(folder: Path) -> int:
    """Start the process again and again until we are asked to end; its exit code.

    One that dies before its watchdog began cannot start at all: that is the end, unless an earlier
    one could. Then what it needs is away for a while, such as the database.
    """
    running: subprocess.Popen[bytes] | None = None
    ending = has_worked = False

    def end(_signal: int, _frame: object) -> None:
        nonlocal ending
        ending = True
        if running is not None:
            running.terminate()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)
    while True:
        running = subprocess.Popen(  # noqa: S603 - our own module
            _COMMAND, env={**os.environ, FOLDER: str(folder)}, start_new_session=True
        )
        if ending:  # asked between two processes
            running.terminate()
        code = running.wait()
        has_worked = has_worked or (folder / f"{running.pid}.trace").exists()
        if ending or code == 0 or not has_worked:
            return 0 if ending else code
        click.echo(f"arengo: the worker's process died (code {code}); another begins.", err=True)
        time.sleep(_PAUSE)
