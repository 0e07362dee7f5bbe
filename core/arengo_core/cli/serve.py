"""``arengo serve``: production's server. Light: the application is imported by its workers."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

import click

from arengo_core import clock
from arengo_core.cli.supervisor import require_address
from arengo_core.database import roles
from arengo_core.errors import SettingsError
from arengo_core.plugins import watchdog
from arengo_core.settings import DEFAULT_SECRET, Settings, load_settings

TARGET = "arengo_core.web.serving:application"


def refuse_unsafe(settings: Settings) -> None:
    """What production must not run with."""
    secret = settings.secret_key.get_secret_value()
    if secret == DEFAULT_SECRET or len(secret) < 32:
        raise SettingsError(
            "ARENGO_SECRET_KEY: set a secret of at least 32 characters, for instance the output"
            " of `python -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    if settings.demo:
        raise SettingsError("ARENGO_DEMO belongs to `arengo demo`: stand-ins never serve.")
    if settings.clock or clock.is_moved():
        raise SettingsError("ARENGO_CLOCK belongs to demo and tests: `arengo serve` refuses it.")


@click.command()
def serve() -> None:
    """Serve the site (run `arengo worker` beside it)."""
    settings = load_settings()
    refuse_unsafe(settings)
    require_address(settings.host, settings.port)
    with in_common(), roles.embedded_running(settings):
        from arengo_core.database.setup import fit_to_serve
        from arengo_core.host import Host
        from arengo_core.identity.elsewhere import check_settings

        urls, registry = asyncio.run(fit_to_serve(settings))
        check_settings(Host.create(settings, registry, urls.app))
        run_server(settings)


@contextmanager
def in_common() -> Generator[None]:
    """Folders of the server's processes: where they count, so that each can answer for all, and
    where the watchdog leaves word.

    Before anything imports the metrics: they look for theirs when they are made.
    """
    with (
        tempfile.TemporaryDirectory(prefix="arengo-metrics-") as metrics,
        tempfile.TemporaryDirectory(prefix="arengo-watch-") as watch,
    ):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
        os.environ[watchdog.FOLDER] = watch
        yield


def run_server(settings: Settings) -> None:
    """Serve until stopped: granian, or uvicorn where granian is not to be had."""
    with roles.embedded_running(settings):
        try:
            from granian.constants import Interfaces
            from granian.server import Server
        except ImportError:
            import uvicorn

            os.environ.pop(watchdog.FOLDER, None)  # its one process is replaced by nobody
            uvicorn.run(
                TARGET, factory=True, host=settings.host, port=settings.port, log_config=None
            )
            return
        while True:
            server = Server(
                TARGET,
                address=settings.host,
                port=settings.port,
                interface=Interfaces.ASGI,
                workers=settings.workers,
                factory=True,
                log_enabled=False,
                respawn_failed_workers=True,
                workers_kill_timeout=10,  # a worker stopped while it starts may not hear it
            )
            try:
                server.serve()
            except SystemExit:
                # Granian gives up on a worker that dies twice within seconds. One that had begun
                # to serve left word: whose doing it was is settled when the next one starts.
                if server.interrupt_signal or not watchdog.has_word():
                    raise
            else:
                return
