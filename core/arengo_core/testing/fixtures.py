"""Shared fixtures: a migrated PostgreSQL, a host, clients, a mail server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import structlog
from aiosmtpd.controller import Controller

from arengo_core import clock
from arengo_core.caller import Caller, Role
from arengo_core.cli.supervisor import free_port
from arengo_core.database.roles import DatabaseUrls
from arengo_core.host import Host
from arengo_core.identity.models import Person
from arengo_core.ids import new_id
from arengo_core.jobs.worker import drain
from arengo_core.mail.sink import Store, as_dict
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import REQUEST_LIMITS, Settings
from arengo_core.testing.database import TestServer, test_server

PASSWORD = "correct horse battery"  # noqa: S105 - of people in tests


def pytest_configure() -> None:
    """Plain tracebacks: drawn with the values of every frame, one takes seconds."""
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
        ]
    )


@pytest.fixture(scope="session")
def database_server() -> Iterator[tuple[TestServer, str]]:
    """The test server and its migrated template."""
    with test_server() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database(
    database_server: tuple[TestServer, str],
) -> AsyncIterator[DatabaseUrls]:
    """This worker's database, cloned from the template."""
    server, template = database_server
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"arengo_test_{worker}_{os.getpid()}"
    yield await server.recreate(name, template)
    await server.drop(name)


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A real SMTP server, and what arrived there."""
    store = Store(tmp_path_factory.mktemp("mail"))
    port = free_port()
    controller = Controller(_Keep(store), hostname="127.0.0.1", port=port)
    controller.start()
    yield Mailbox(store, f"smtp://127.0.0.1:{port}")
    controller.stop()


@dataclass(slots=True)
class _Keep:
    store: Store

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.store.add(envelope.content)
        return "250 kept"


@dataclass(slots=True)
class Mailbox:
    """Mails that the program sent."""

    store: Store
    smtp_url: str

    def to(self, address: str) -> list[dict[str, Any]]:
        """Mails to an address, oldest first."""
        rows = [as_dict(number, mail) for number, mail in enumerate(self.store.all(), 1)]
        return [row for row in rows if address in row["to"]]


@pytest.fixture(scope="session")
def settings(
    database: DatabaseUrls, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings of a program under test."""
    return Settings(
        database_url=database.app,
        database_owner_url=database.owner,
        data_dir=tmp_path_factory.mktemp("data"),
        secret_key="s" * 40,  # pyright: ignore[reportArgumentType]
        smtp_url=mailbox.smtp_url,
        password_cost="low",  # noqa: S106 - a cost, not a password
        log_level="WARNING",
        plugin_time_limit=60,  # a busy machine fails nothing
        statement_time_limit=120,
        page_time_limit=300,
        outbound_networks=["127.0.0.0/8"],
        **dict.fromkeys(REQUEST_LIMITS, 0),
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(settings: Settings, database: DatabaseUrls) -> AsyncIterator[Host]:
    """A host on this worker's database."""
    made = Host.create(settings, load_plugins(), database.app)
    yield made
    await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def fresh_host(
    settings: Settings, database_server: tuple[TestServer, str]
) -> AsyncIterator[Host]:
    """A host on an empty database of its own, for tests that look at everything."""
    server, template = database_server
    name = f"arengo_fresh_{new_id().hex}"
    urls = await server.recreate(name, template)
    own = settings.model_copy(update={"database_url": urls.app, "database_owner_url": urls.owner})
    made = Host.create(own, load_plugins(), urls.app)
    yield made
    await made.close()
    await server.drop(name)


def application(host: Host) -> Any:
    """The application in this process; one for each host, as folders of tests have their own."""
    from arengo_core.web.app import create_app

    if "test_app" not in host.state:
        host.state["test_app"] = create_app(host)
    return host.state["test_app"]


@pytest.fixture
def app(host: Host) -> Any:
    """The application of this test's host."""
    return application(host)


@dataclass(slots=True)
class Visitor:
    """A browser-like client: cookies, CSRF, forms; and GraphQL."""

    http: httpx.AsyncClient
    person: Person | None = None
    token: str | None = field(default=None, repr=False)

    async def get(self, path: str, **kwargs: Any) -> httpx.Response:
        """Fetch a page."""
        return await self.http.get(path, **kwargs)

    async def post(
        self, path: str, data: dict[str, Any] | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Post a form, with the CSRF token of the visitor's cookie."""
        if "arengo_csrf" not in self.http.cookies:
            await self.http.get("/sign-in")
        token = self.http.cookies["arengo_csrf"]
        return await self.http.post(path, data={"_csrf_token": token, **(data or {})}, **kwargs)

    async def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL; the whole answer."""
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables})
        return answer.json()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(app: Any, host: Host) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Make visitors: ``await visit()`` anonymous, ``await visit(person)`` signed in."""
    clients: list[httpx.AsyncClient] = []

    async def make(person: Person | None = None, base: str = "http://localhost") -> Visitor:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=False), base_url=base
        )
        clients.append(client)
        token = None
        if person is not None:
            async with host.unit_of_work() as uow:
                token = await host.identity.open_session(uow, person.id)
            client.cookies.set("arengo_session", token)
        return Visitor(client, person, token)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def make_user(host: Host) -> Callable[..., Awaitable[Person]]:
    """Make a user with roles: ``await make_user((organization_id, role), ...)``."""

    async def make(*roles: tuple[Any, Role], name: str = "Ada Prova") -> Person:
        organizations = [organization_id for organization_id, _ in roles]
        async with host.unit_of_work(Caller.program(organizations)) as uow:
            person = await host.identity.create_user(
                uow, name=name, email=f"{new_id().hex}@example.it", password=PASSWORD
            )
            for organization_id, role in roles:
                await host.identity.grant_role(
                    uow, user_id=person.id, organization_id=organization_id, role=role
                )
        return person

    return make


@pytest.fixture
def caller_for(host: Host) -> Callable[..., Awaitable[Caller]]:
    """The caller that a signed-in person is."""

    async def make(person: Person) -> Caller:
        async with host.unit_of_work() as uow:
            token = await host.identity.open_session(uow, person.id)
            caller = await host.identity.caller_of(uow, token, "it")
        assert caller is not None
        return caller

    return make


@pytest.fixture
def run_jobs(host: Host) -> Callable[[], Awaitable[None]]:
    """Run every job that is due."""

    async def run() -> None:
        await drain(host)

    return run


@pytest.fixture
def move_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the program's clock to an instant; it goes on from there."""

    def move(instant: datetime) -> None:
        shift = instant - datetime.now(UTC)
        file = tmp_path / "clock"
        file.write_text(str(shift.total_seconds()))
        monkeypatch.setenv("ARENGO_CLOCK", f"@{file}")

    return move


@pytest.fixture
def stop_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let this process's clock stand still, now or at an instant."""

    def stop(instant: datetime | None = None) -> None:
        moment = instant or clock.now()
        monkeypatch.setattr(clock, "now", lambda: moment)

    return stop
