"""Starting, watching and stopping the demo's processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import click

from arengo_core.errors import SettingsError


def free_port() -> int:
    """A port of this machine that nobody listens on.

    It has just served a connection that its own side ended. For a minute the system gives such a
    port to nobody who asks for any; who names it, as servers do, may listen there.
    """
    with socket.socket() as listener, socket.socket() as caller:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        caller.connect(listener.getsockname())
        listener.accept()[0].close()
        return int(listener.getsockname()[1])


def require_address(host: str, port: int) -> None:
    """SettingsError when the program could not listen there, saying why."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise SettingsError(
            "ARENGO_HOST: {host} is no address of this machine: {fault}.", host=host, fault=error
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise SettingsError(
                "ARENGO_PORT: the program cannot listen on {host}:{port} ({fault}). Choose"
                " another port, for instance ARENGO_PORT={other}.",
                host=host,
                port=port,
                fault=error.strerror,
                other=free_port(),
            ) from None


_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_in_order() -> None:
    """Let Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt, so that what was
    started is stopped."""

    def leave(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for name in _ENDINGS:
        signal.signal(name, leave)


@dataclass(frozen=True, slots=True)
class Child:
    """A process: ``python -m`` with these arguments."""

    title: str
    arguments: tuple[str, ...]


@dataclass(slots=True)
class Supervisor:
    """Children that live and end together with this process."""

    patience: float = 15
    """Seconds that a child gets to end: more than the server gives its own processes."""
    _running: list[tuple[Child, subprocess.Popen[bytes]]] = field(
        default_factory=list[tuple[Child, subprocess.Popen[bytes]]]
    )

    def start(self, child: Child) -> None:
        """Start a child; it does not get the terminal's Ctrl-C, we stop it in order."""
        process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", *child.arguments],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )
        self._running.append((child, process))

    def wait_until_ready(self, url: str, seconds: float = 300) -> None:
        """Until the address answers; ClickException when it does not or a child dies."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._check()
            try:
                with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise click.ClickException(f"{url} did not answer within {seconds:g} s.")

    def _check(self) -> None:
        for child, process in self._running:
            code = process.poll()
            if code is not None:
                raise click.ClickException(f"{child.title} ended with code {code}.")

    def wait(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Until the demo is interrupted or a child ends; calls ``meanwhile`` twice a second."""
        while True:
            self._check()
            meanwhile()
            time.sleep(0.5)

    def restart(self, *children: Child) -> None:
        """End these children and start them anew, the first of them first."""
        self._end([running for running in self._running if running[0] in children])
        self._running = [running for running in self._running if running[0] not in children]
        for child in children:
            self.start(child)

    def stop(self) -> None:
        """End the children, last started first; no second Ctrl-C comes between."""
        for name in _ENDINGS:
            signal.signal(name, signal.SIG_IGN)
        self._end(self._running)

    def _end(self, running: list[tuple[Child, subprocess.Popen[bytes]]]) -> None:
        for _, process in reversed(running):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + self.patience
        for _, process in reversed(running):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):  # the child's own children too
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
