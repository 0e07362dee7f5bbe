"""``arengo serve``: what it refuses, and that it starts, answers and ends."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

import asyncpg
import httpx
import pytest

from arengo_core.caller import Caller
from arengo_core.cli.supervisor import free_port
from arengo_core.host import Host
from arengo_core.plugins.manager import load_plugins
from arengo_core.tasks import service as tasks
from arengo_core.tasks.definition import TaskKind
from tests.operations.conftest import environment

FAULTS = [
    ({"secret_key": "change-me"}, "ARENGO_SECRET_KEY: set a secret of at least 32"),
    ({"secret_key": "short"}, "ARENGO_SECRET_KEY: set a secret of at least 32"),
    ({"clock": "2026-01-01T00:00:00"}, "ARENGO_CLOCK belongs to demo and tests"),
]
# The demo's worker is `arengo worker`, its server is not `arengo serve`.
OF_SERVE_ALONE = ({"demo": "true"}, "ARENGO_DEMO belongs to `arengo demo`")


@pytest.mark.parametrize(
    ("command", "settings", "fault"),
    [
        *(("serve", *fault) for fault in (*FAULTS, OF_SERVE_ALONE)),
        *(("worker", *fault) for fault in FAULTS),
    ],
)
def test_what_production_must_not_run_with(arengo, database, command, settings, fault):
    urls = {"database_url": database.app, "database_owner_url": database.owner}
    answer = arengo(command, **urls, **settings)
    assert answer.returncode == 2
    assert answer.stderr.startswith(f"arengo: {fault}")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nor_with_a_clock_of_the_settings_file(arengo, tmp_path, command):
    (tmp_path / "arengo.toml").write_text('clock = "2026-01-01T00:00:00"\n')
    answer = arengo(command, database_url="postgresql://somebody@127.0.0.1/arengo")
    assert answer.returncode == 2
    assert answer.stderr.startswith("arengo: ARENGO_CLOCK belongs to demo and tests")


@pytest.mark.parametrize("command", ["serve", "worker"])
async def test_a_login_that_owns_the_tables_is_refused(arengo, database, command):
    answer = arengo(command, database_url=database.owner, database_owner_url=database.owner)
    assert answer.returncode == 2
    assert "refuses to serve as arengo_owner" in answer.stderr
    assert "Name a restricted role" in answer.stderr


async def test_a_database_that_is_not_migrated_is_refused(arengo, new_database):
    urls = await new_database()
    answer = arengo("serve", database_url=urls.app, database_owner_url=urls.owner)
    assert answer.returncode == 2
    assert answer.stderr == "arengo: The database is not migrated: run `arengo migrate`.\n"


async def test_a_server_that_is_not_there_is_named(arengo):
    url = f"postgresql://somebody:secret-word@127.0.0.1:{free_port()}/arengo"
    answer = arengo("serve", database_url=url)
    assert answer.returncode == 2
    assert "ARENGO_DATABASE_URL: the server does not let us in" in answer.stderr
    assert "secret-word" not in answer.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_named_before_anything_is_made(arengo, tmp_path, command):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = arengo(command, port=str(port))
    assert answer.returncode == 2
    assert answer.stderr.startswith(
        f"arengo: ARENGO_PORT: the program cannot listen on 127.0.0.1:{port}"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_not_here_is_named(arengo):
    answer = arengo("serve", host="no.such.host.invalid")
    assert answer.returncode == 2
    assert "ARENGO_HOST: no.such.host.invalid is no address of this machine" in answer.stderr


@contextmanager
def _serving(settings: dict[str, str]) -> Iterator[list[int]]:
    """Server and worker as production runs them; afterwards the list holds their exit codes."""
    command = [sys.executable, "-m", "arengo_core.cli.main"]
    processes = [
        subprocess.Popen([*command, name], env=settings, stderr=subprocess.DEVNULL)
        for name in ("serve", "worker")
    ]
    codes: list[int] = []
    try:
        yield codes
    finally:
        for process in processes:
            process.terminate()
        codes += [process.wait(timeout=180) for process in processes]


async def _waiting_task(settings, urls):
    """A task that nobody works on: its events' path, and the session of who may read them."""
    own = settings.model_copy(update={"database_url": urls.app, "database_owner_url": urls.owner})
    host = Host.create(own, load_plugins(), urls.app)
    async with host.unit_of_work() as uow:
        person = await host.identity.create_user(
            uow, name="Ada", email="ada@example.it", password="correct horse battery"
        )
        session = await host.identity.open_session(uow, person.id)
    kind = TaskKind("nobody.works", "Nobody works on it", None)
    async with host.unit_of_work(Caller(person.id)) as uow:
        task = await tasks.begin(uow, kind, organization_id=person.id, payload={})
    await host.close()
    return f"/office/tasks/{task.id}/events", {"cookie": f"arengo_session={session}"}


async def test_it_serves_and_ends_leaving_nothing(new_database, tmp_path, settings):
    urls = await new_database(migrated=True)
    events, signed_in = await _waiting_task(settings, urls)
    port = free_port()
    variables = environment(
        tmp_path,
        database_url=f"{urls.app}?sslmode=prefer",
        database_owner_url=urls.owner,
        port=str(port),
        workers="2",
    )
    async with AsyncExitStack() as streaming:
        with _serving(variables) as codes:
            await _try_it(port)
            watching = await streaming.enter_async_context(httpx.AsyncClient(timeout=60))
            stream = await streaming.enter_async_context(
                watching.stream("GET", f"http://127.0.0.1:{port}{events}", headers=signed_in)
            )
            assert stream.headers["content-type"].startswith("text/event-stream")
            told = await anext(stream.aiter_text())
            assert told.startswith("event: progress"), "it comes at once"
        assert codes == [0, 0], "an open stream holds nobody up"
    connection = await asyncpg.connect(urls.owner)
    try:
        async with asyncio.timeout(120):  # each ends soon after it hears that its client is gone
            while await connection.fetchval(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            ):
                await asyncio.sleep(0.1)
    finally:
        await connection.close()


SIGN_INS = 'arengo_requests_total{method="GET",route="/sign-in",status="200"}'


async def _try_it(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        ready = await _until_ready(client)
        assert ready.json()["status"] == "ok"
        page = await client.get("/sign-in", headers={"accept-language": "it"})
        assert page.status_code == 200
        assert 'lang="it"' in page.text
        unknown = await client.get("/", headers={"host": "shop.example.it"})
        assert unknown.status_code == 404
    for _ in range(23):  # on connections of their own, which both processes share out
        assert (await _once(port, "/sign-in")).status_code == 200
    for _ in range(5):
        metrics = await _once(port, "/metrics")
        assert f"{SIGN_INS} 24.0" in metrics.text
    assert metrics.headers["content-type"].count("charset") == 1


async def _once(port: int, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        return await client.get(path)


async def _until_ready(client: httpx.AsyncClient) -> httpx.Response:
    for _ in range(3_000):
        try:
            answer = await client.get("/health/ready")
            if answer.status_code == 200:
                return answer
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError("the server is not ready after five minutes")
