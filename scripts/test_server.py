"""Run the tests that use a database on a server PostgreSQL, under an owner who is no superuser.

    python scripts/test_server.py [pytest arguments]

Makes a cluster in a temporary folder from the system's PostgreSQL (15 or newer), and removes it
at the end. As root it runs as ``postgres`` or ``nobody``: PostgreSQL refuses root.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from arengo_core.cli.supervisor import free_port
from arengo_core.database.roles import APP_ROLE, OWNER_ROLE

OLDEST = 15
PASSWORD = "arengo-tests"
MISSING = (
    f"There is no PostgreSQL {OLDEST} or newer here. On Debian and Ubuntu: apt install postgresql"
    " (its service need not run). Elsewhere put its programs (initdb, postgres) on PATH."
)


def find_server() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: the newest that is not too old."""
    folders = list(Path("/usr/lib/postgresql").glob("*/bin"))
    folders += [Path(p) for p in os.environ.get("PATH", "").split(os.pathsep) if p]
    found: list[tuple[int, Path]] = []
    for folder in folders:
        if not ((folder / "postgres").exists() and (folder / "initdb").exists()):
            continue
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
        version = re.search(r"(\d+)[.\d]*", answer.stdout)
        if version and int(version.group(1)) >= OLDEST:
            found.append((int(version.group(1)), folder))
    return max(found)[1] if found else None


def identity() -> dict[str, Any]:
    """As whom PostgreSQL runs."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


async def make_roles(superuser: str) -> None:
    """The owner, who may make databases, and the program's role, who may nothing."""
    connection = await asyncpg.connect(superuser)
    try:
        for role, extra in ((OWNER_ROLE, "createdb"), (APP_ROLE, "nocreatedb")):
            await connection.execute(
                f"create role {role} login nosuperuser nobypassrls nocreaterole {extra}"
                f" password '{PASSWORD}'"
            )
    finally:
        await connection.close()


def wait_until_it_answers(superuser: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Make the roles as soon as the server lets us in."""
    for _ in range(120):
        if server.poll() is not None:
            break
        try:
            return asyncio.run(make_roles(superuser))
        except (OSError, asyncpg.CannotConnectNowError):
            time.sleep(0.25)
    raise SystemExit(f"PostgreSQL does not start:\n{log.read_text()}")


@contextmanager
def running(programs: Path) -> Iterator[tuple[str, str]]:
    """A throw-away server: the URLs of owner and program."""
    who = identity()
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="arengo-server-"))
    if who:
        os.chown(folder, who["user"], who["group"])
    data, log = folder / "data", folder / "log"
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    common: dict[str, Any] = {"cwd": folder, "env": environment, **who}
    (folder / "password").write_text(PASSWORD)
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--no-sync"]
    login = ["-A", "scram-sha-256", "--pwfile", folder / "password"]
    made = subprocess.run([*initdb, *login], **common, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(f"initdb fails:\n{made.stderr}")
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "timezone": "UTC",
    }
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), *arguments],
            **common,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"127.0.0.1:{port}/postgres"
        wait_until_it_answers(f"postgresql://postgres:{PASSWORD}@{address}", server, log)
        yield (
            f"postgresql://{OWNER_ROLE}:{PASSWORD}@{address}",
            f"postgresql://{APP_ROLE}:{PASSWORD}@{address}",
        )
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Run pytest with these arguments on the server; its exit code."""
    programs = find_server()
    if programs is None:
        print(MISSING, file=sys.stderr)
        return 2

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit(130)

    signal.signal(signal.SIGTERM, leave)
    with running(programs) as (owner, app):
        version = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        print(f"On {version.stdout.strip()}, as an owner who is no superuser", flush=True)
        environment = {**os.environ, "ARENGO_TEST_OWNER_URL": owner, "ARENGO_TEST_APP_URL": app}
        options = ["-q", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--on-database"]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
