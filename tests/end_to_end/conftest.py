"""A running demo: the real processes on a database of their own, and a browser before them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from arengo_core.cli.supervisor import free_port
from arengo_core.clock import ROME
from arengo_core.ids import new_id
from arengo_core.testing.browser import ARGUMENTS
from arengo_core.testing.database import TestServer

PASSWORD = "arengo-demo-2026"

# Seconds enough for a busy machine, where five are usual.
expect.set_options(timeout=90_000)


@dataclass(frozen=True, slots=True)
class Start:
    """How the demo of a module is started; ``embedded`` with a PostgreSQL of its own."""

    command: tuple[str, ...] = (sys.executable, "-m", "arengo_core.cli.main", "demo")
    embedded: bool = True


@dataclass(slots=True)
class Valley:
    """The demo, as people reach it."""

    base_url: str
    mail_url: str
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ctrl-C; it ends in order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=180) == 0, (self.folder / "demo.log").read_text()

    def mails(self, to: str) -> list[dict[str, Any]]:
        """Mails that arrived for an address, oldest first."""
        rows = httpx.get(f"{self.mail_url}/messages.json", timeout=60).json()
        return [row for row in rows if to in row["to"]]

    def wait_for(self, what: Callable[[], Any], seconds: float = 300) -> Any:
        """Until something is there that jobs bring about; fails loudly otherwise."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = what()
            if found:
                return found
            time.sleep(0.3)
        raise AssertionError(f"still not there after {seconds} s: {what}")

    def set_clock(self, instant: datetime) -> None:
        """Move every process of the demo to an instant."""
        shift = instant - datetime.now(UTC)
        (self.folder / "demo" / "clock").write_text(str(shift.total_seconds()))

    def graphql(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """Ask the API; the data. Fails on errors of any kind."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(
            f"{self.base_url}/graphql",
            json={"query": query, "variables": variables},
            headers=headers,
            timeout=120,
        ).json()
        assert "errors" not in answer, answer
        for payload in answer["data"].values():
            if isinstance(payload, dict) and payload.get("userErrors"):
                raise AssertionError(payload["userErrors"])
        return answer["data"]


def _environment(
    folder: Path, server: TestServer, database: str, *, embedded: bool
) -> dict[str, str]:
    known = {k: v for k, v in os.environ.items() if not k.startswith("ARENGO_")}
    environment = {
        **known,
        "ARENGO_DATA_DIR": str(folder),
        "ARENGO_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }
    if not embedded or os.environ.get("ARENGO_TEST_OWNER_URL"):
        urls = asyncio.run(server.recreate(database))
        environment["ARENGO_DATABASE_URL"] = urls.app
        environment["ARENGO_DATABASE_OWNER_URL"] = urls.owner or ""
    return environment


@pytest.fixture(scope="module")
def start() -> Start:
    """How; a module says otherwise by a fixture of this name."""
    return Start()


@pytest.fixture(scope="module")
def valley(database_server: tuple[TestServer, str], start: Start) -> Iterator[Valley]:
    """``arengo demo``, loaded and serving; stopped by Ctrl-C afterwards. A module has its own."""
    folder = Path(tempfile.mkdtemp(prefix="arengo-valley-"))
    folder.chmod(0o755)  # the embedded server may run as another user
    database = f"arengo_valley_{new_id().hex}"
    server, _ = database_server
    environment = _environment(folder, server, database, embedded=start.embedded)
    log = folder / "demo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            start.command,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    base_url = f"http://127.0.0.1:{environment['ARENGO_PORT']}"
    made = Valley(base_url, "", folder, environment, process)
    try:
        deadline = time.monotonic() + 900
        while "Ctrl-C stops everything" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.3)
        mail_url = re.search(r"Mail\s+(http\S+)", log.read_text())
        assert mail_url is not None
        made.mail_url = mail_url[1]
        yield made
    finally:
        made.stop()
        if "ARENGO_DATABASE_URL" in environment:
            asyncio.run(server.drop(database))
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser(valley: Valley, chromium_path: str) -> Iterator[Browser]:
    """A browser of this module alone: Playwright's loop must end before other tests' begins."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS))
        yield opened
        opened.close()


@pytest.fixture
def next_month(valley: Valley) -> Iterator[Callable[[], None]]:
    """Move the demo's clock past the end of this month, and back at the end of the test."""

    def move() -> None:
        today = datetime.now(ROME)
        first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
        valley.set_clock(first.replace(hour=9, minute=0))

    yield move
    (valley.folder / "demo" / "clock").unlink(missing_ok=True)
