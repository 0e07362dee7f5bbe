"""A plugin that does not fit into the application, or fails in a page, takes down itself alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from litestar import get
from sqlalchemy import text

from arengo_core.database import migrate
from arengo_core.database.base import metadata_for
from arengo_core.plugins.contributions import Resources
from arengo_core.web.app import create_app
from arengo_core.web.context import TIME_LIMIT
from tests.core.places import plugin_module


@get("/sign-in", name="another-sign-in")
async def _clashing() -> str:
    return "mine"


@get("/broken-page", name="broken-page")
async def _broken() -> str:
    raise RuntimeError("in a page")


@get("/late-page", name="late-page")
async def _late() -> str:
    await asyncio.sleep(30)
    return "late"


@get("/long-page", name="long-page", opt={TIME_LIMIT: 300.0})
async def _long() -> str:
    await asyncio.sleep(2)
    return "long, as said"


def _client(app):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def _serves(app):
    async with _client(app) as client:
        assert (await client.get("/sign-in")).status_code == 200
        answer = await client.post("/graphql", json={"query": "{ me { name } }"})
        assert answer.json() == {"data": {"me": None}}


def _fails(_plugin=None):
    raise RuntimeError("not ready")


@pytest.mark.parametrize(
    ("hooks", "stage"),
    [
        ({"routes": [_clashing]}, "routes"),
        ({"routes": [object()]}, "routes"),
        ({"resources": Resources(themes=(Path("/no/such/theme"),))}, "themes"),
    ],
)
async def test_what_does_not_fit_the_application_is_set_aside(host_with, hooks, stage):
    host = host_with(("misfit", plugin_module("misfit", **hooks)), ("fine", plugin_module("fine")))
    await _serves(create_app(host))
    [error] = host.registry.set_aside
    assert (error.plugin, error.stage) == ("misfit", stage)
    assert host.registry.plugin("fine")


async def test_a_plugin_that_is_not_ready_is_set_aside(host_with):
    from arengo_core.plugins.hookspecs import hookimpl

    module = plugin_module("unready")

    @hookimpl
    def arengo_host_ready(host):
        _fails()

    module.arengo_host_ready = arengo_host_ready
    host = host_with(("unready", module))
    await _serves(create_app(host))
    [error] = host.registry.set_aside
    assert (error.plugin, error.stage) == ("unready", "arengo_host_ready")


async def test_a_broken_catalogue_of_texts_sets_its_plugin_aside(host_with, tmp_path):
    folder = tmp_path / "it" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "x.po").write_bytes(b'msgid "x"\nmsgstr "\xff\xfe"\n')
    host = host_with(("garbled", plugin_module("garbled", resources=Resources(locale=tmp_path))))
    await _serves(create_app(host))
    assert [(e.plugin, e.stage) for e in host.registry.set_aside] == [("garbled", "locale")]


async def _failures(host, plugin):
    async with host.unit_of_work() as uow:
        rows = await uow.session.execute(
            text("select stage, message from core.plugin_failure where plugin = :p"),
            {"p": plugin},
        )
        return [tuple(row) for row in rows]


async def test_faults_of_pages_are_named_and_late_ones_end(host_with):
    module = plugin_module("faulty", routes=[_broken, _late, _long])
    module.__name__ = __name__

    def served(seconds):
        host = host_with(("faulty", module), page_time_limit=seconds)
        host.registry.plugin("faulty").package = __name__.partition(".")[0]
        return host, create_app(host)

    (host, patient), (_, impatient) = served(300), served(1.5)
    for path, app in (("/broken-page", patient), ("/late-page", impatient)):
        async with _client(app) as client:
            answer = await client.get(path)
        assert answer.status_code == 500
        assert "RuntimeError" not in answer.text
        assert "Traceback" not in answer.text
    async with _client(impatient) as client:
        assert (await client.get("/long-page")).text == "long, as said"
    assert sorted(await _failures(host, "faulty")) == [
        ("page /broken-page", "RuntimeError: in a page"),
        ("page /late-page", "late answer: "),
    ]
    await _serves(patient)


async def test_revisions_that_do_not_import_count_as_not_migrated(host, tmp_path):
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0001_x.py").write_text("this is no Python\n")
    history = migrate.MigrationHistory("garbled", tmp_path, metadata_for("garbled"))
    assert await migrate.pending(host.engine, [history]) == ["garbled"]
