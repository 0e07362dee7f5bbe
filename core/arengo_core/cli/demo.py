"""``arengo demo``: the whole product with data, stand-ins and a mail sink, on one machine."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
import msgspec

from arengo_core.cli.supervisor import Child, Supervisor, end_in_order, free_port, require_address
from arengo_core.database import roles
from arengo_core.database.embedded import EmbeddedServer, make_folder
from arengo_core.errors import SettingsError
from arengo_core.ids import new_token
from arengo_core.settings import Settings, load_settings

LOCK = "lock"
CONSORTIA = ("valmalenco", "canavese", "marche-sud", "piemonte")


_SERVER = Child("server", ("arengo_core.cli.demo_server",))
_WORKER = Child("worker", ("arengo_core.cli.main", "worker"))
_WATCHED = {".py", ".html", ".po", ".css", ".js", ".toml"}


class Stage(msgspec.Struct):
    """What the folder holds: which demo, built by which code, and the stand-ins it needs."""

    consortium: str
    code: str
    companions: dict[str, tuple[str, list[str]]]


def _secret(folder: Path) -> str:
    """The demo's own secret, kept with its data."""
    path = folder / "secret"
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(new_token(48))
    return path.read_text()


def _read_stage(folder: Path) -> Stage | None:
    path = folder / "stage.json"
    return msgspec.json.decode(path.read_bytes(), type=Stage) if path.is_file() else None


def _environment(settings: Settings, folder: Path, smtp_port: int) -> dict[str, str]:
    return {
        **os.environ,
        "ARENGO_DEMO": "true",
        "ARENGO_OUTBOUND_NETWORKS": "127.0.0.0/8",
        "ARENGO_DATA_DIR": str(folder),
        "ARENGO_SECRET_KEY": _secret(folder),
        "ARENGO_CLOCK": os.environ.get("ARENGO_CLOCK") or f"@{folder / 'clock'}",
        "ARENGO_LOG_FORMAT": "console",
        "ARENGO_LOG_LEVEL": os.environ.get("ARENGO_LOG_LEVEL", "WARNING"),
        "ARENGO_PASSWORD_COST": "low",
        "ARENGO_PORT": str(settings.port),
        "ARENGO_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        # One is ready sooner than two, and enough for whoever tries the demo.
        "ARENGO_WORKERS": os.environ.get("ARENGO_WORKERS", "1"),
        "PYTHONUNBUFFERED": "1",
    }


@click.command()
@click.option(
    "--consortium",
    type=click.Choice(CONSORTIA),
    default="valmalenco",
    show_default=True,
    help="How large: 4, 162, 64 or 553 municipalities.",
)
@click.option("--no-serve", is_flag=True, help="Build the demo and stop.")
@click.option("--reset", is_flag=True, help="Delete the demo's data and start over.")
@click.option(
    "--watch",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Migrate and restart when a file below this folder changes.",
)
def demo(consortium: str, no_serve: bool, reset: bool, watch: Path | None) -> None:
    """Build a valley with real municipalities and invented shops, and serve it."""
    settings = load_settings()
    if not no_serve:
        require_address(settings.host, settings.port)
    folder = settings.data_dir.resolve() / "demo"
    own = settings.model_copy(update={"data_dir": folder})
    if reset and settings.database_url is not None:
        raise click.ClickException(
            "--reset deletes the embedded database only; empty a server's database yourself."
        )
    with _alone_in(folder):
        if reset:
            _empty(folder, roles.embedded_server(own))
        _run(settings, own, folder, consortium, no_serve=no_serve, watch=watch)


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """No other demo uses this folder meanwhile: ending one would stop the other's database."""
    make_folder(folder)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                "ARENGO_DATA_DIR: a demo is running on {folder}. Stop it first, or name another"
                " folder.",
                folder=folder,
            ) from None
        yield


def _empty(folder: Path, embedded: EmbeddedServer) -> None:
    embedded.remove()
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != LOCK:
            entry.unlink()


def _run(
    settings: Settings,
    own: Settings,
    folder: Path,
    consortium: str,
    *,
    no_serve: bool,
    watch: Path | None,
) -> None:
    smtp_port, mail_port = free_port(), free_port()
    os.environ.update(_environment(settings, folder, smtp_port))
    end_in_order()
    embedded = roles.embedded_server(own) if settings.database_url is None else None
    started = embedded.start() if embedded else False
    supervisor = Supervisor()
    try:
        sink = ("arengo_core.mail.sink", "--smtp-port", str(smtp_port), "--port", str(mail_port))
        supervisor.start(Child("mail sink", (*sink, "--folder", str(folder / "mail"))))
        stage = _built(folder, consortium)
        if no_serve:
            click.echo("The demo is built. `arengo demo` serves it.")
            return
        links = {"mail": f"http://{settings.host}:{mail_port}"}
        settings = start_companions(supervisor, stage, links)
        supervisor.start(_SERVER)
        supervisor.wait_until_ready(f"{settings.base_url}/health/live")
        # Only now: its start would hold up the first page.
        supervisor.start(_WORKER)
        click.echo(_where_to_click(settings, links["mail"]))
        with suppress(KeyboardInterrupt):
            supervisor.wait(_restarting(supervisor, watch) if watch else lambda: None)
        click.echo("\nStopping …")
    finally:
        supervisor.stop()
        if started and embedded:
            embedded.stop()


def _restarting(supervisor: Supervisor, folder: Path) -> Callable[[], None]:
    """What notices a change below the folder and lets migrations, server and worker begin anew."""
    known = file_times(folder)

    def look() -> None:
        nonlocal known
        present = file_times(folder)
        if present == known:
            return
        known = present
        click.echo("Changed: migrating and starting anew …")
        command = [sys.executable, "-m", "arengo_core.cli.main", "migrate"]
        subprocess.run(command, check=False)  # noqa: S603 - our own module; it says what fails
        supervisor.restart(_SERVER, _WORKER)

    click.echo(f"  Watching {folder}")
    return look


def file_times(folder: Path) -> dict[Path, int]:
    """When each source file below a folder was last written."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.suffix in _WATCHED and path.is_file()
    }


def _built(folder: Path, consortium: str) -> Stage:
    """The demo in the folder, built or brought to this code first where needed."""
    from arengo_core.plugins.fingerprint import code_fingerprint

    stage = _read_stage(folder)
    if stage is not None and stage.consortium != consortium:
        click.echo(f"This folder holds {stage.consortium}; --reset builds {consortium}.")
        consortium = stage.consortium
    if stage is not None and stage.code == code_fingerprint():
        return stage
    from arengo_core.cli.demo_build import build

    stage = asyncio.run(build(load_settings(), consortium, fresh=stage is None))
    (folder / "stage.json").write_bytes(msgspec.json.encode(stage))
    return stage


def start_companions(supervisor: Supervisor, stage: Stage, links: dict[str, str]) -> Settings:
    """Start the plugins' stand-ins on free ports; the settings that name them and ``links``."""
    settings = load_settings()
    ports = {key: free_port() for key in stage.companions}
    links = links | {key: f"http://{settings.host}:{port}" for key, port in ports.items()}
    os.environ["ARENGO_DEMO_LINKS"] = msgspec.json.encode(links).decode()
    for key, (title, arguments) in stage.companions.items():
        filled = [part.format(port=ports[key], base_url=settings.base_url) for part in arguments]
        supervisor.start(Child(title, tuple(filled)))
    return load_settings()


def _where_to_click(settings: Settings, mail: str) -> str:
    guide = settings.data_dir / "guide.txt"
    text = guide.read_text().replace("{base_url}", settings.base_url) if guide.is_file() else ""
    return (
        f"\n  Market   {settings.base_url}/\n  Office   {settings.base_url}/office\n"
        f"  Mail     {mail}\n{text}\n  Ctrl-C stops everything; the data stay.\n"
    )
