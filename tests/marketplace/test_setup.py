"""The first run: by page, by GraphQL and by command, once."""

from __future__ import annotations

import asyncio
import io
import os
import re
import sys
import zipfile

import httpx
import pytest
import pytest_asyncio

from arengo_core.caller import Caller, OrganizationKind
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.jobs.worker import drain
from arengo_core.web.app import create_app
from arengo_marketplace.members import directory, founding

FORM = {
    "province": "SO",
    "name": "Unione della Valmalenco",
    "lead": "014019",
    "istat_codes": ["014013", "014036"],
    "officer_name": "Ada Prima",
    "email": "ada@unione.example",
    "password": "a long enough password",
}


@pytest_asyncio.fixture
async def client(fresh_host):
    transport = httpx.ASGITransport(app=create_app(fresh_host), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as made:
        yield made


async def _post(client, data):
    await client.get("/setup")
    token = client.cookies["arengo_csrf"]
    return await client.post("/setup", data={"_csrf_token": token, **data})


async def test_the_first_run_page_founds_a_consortium_once(fresh_host, client):
    first = await client.get("/office")
    assert (first.status_code, first.headers["location"]) == (303, "/setup")
    shown = await client.get("/setup?province=SO")
    assert "Chiesa in Valmalenco" in shown.text

    wrong = await _post(client, {**FORM, "password": "short"})
    assert wrong.status_code == 400
    assert "Ada Prima" in wrong.text
    assert "short" not in re.sub(r"<p.*?</p>", "", wrong.text)
    async with fresh_host.unit_of_work(read_only=True) as uow:
        assert await directory.consortia(uow) == []
        assert await founding.is_first_run(uow)

    done = await _post(client, FORM)
    assert (done.status_code, done.headers["location"]) == (303, "/office")
    office = await client.get("/office")
    assert office.status_code == 200
    assert "Unione della Valmalenco" in office.text
    async with fresh_host.unit_of_work(read_only=True) as uow:
        [consortium] = await directory.consortia(uow)
        towns = await directory.members(uow, consortium.id, OrganizationKind.MUNICIPALITY)
    assert [town.name for town in towns] == ["Caspoggio", "Chiesa in Valmalenco", "Lanzada"]
    assert all(town.population for town in towns)

    client.cookies.delete("arengo_session")
    assert (await client.get("/setup")).headers["location"] == "/sign-in"
    again = await _post(client, {**FORM, "email": "eve@evil.example"})
    assert again.headers["location"] == "/sign-in"
    with pytest.raises(ConflictError):
        async with fresh_host.unit_of_work() as uow:
            await founding.set_up(
                uow,
                fresh_host,
                name="Another",
                lead_istat_code="014019",
                istat_codes=[],
                officer_name="Eve",
                officer_email="eve@evil.example",
                officer_password="a long enough password",
            )


async def test_an_unknown_municipality_founds_nothing(fresh_host):
    with pytest.raises(InvalidInputError) as refused:
        async with fresh_host.unit_of_work() as uow:
            await founding.set_up(
                uow,
                fresh_host,
                name="Unione",
                lead_istat_code="014019",
                istat_codes=["999999"],
                officer_name="Ada",
                officer_email="ada@unione.example",
                officer_password="a long enough password",
            )
    assert refused.value.field == "istat_code"
    async with fresh_host.unit_of_work(read_only=True) as uow:
        assert await founding.is_first_run(uow)


async def test_opting_out_takes_the_data_along(host, make_consortium, make_offer, activate, visit):
    made = await make_consortium()
    offer = await make_offer(made.id, "tolk")
    activation = await activate(
        made.lead.id, offer, settings={"sender": "Comune", "api_key": "sk_hidden"}
    )
    visitor = await visit(made.lead_officer)
    path = f"/office/activations/{activation.id}"
    assert (await visitor.post(f"{path}/end", {"why": "Enough"})).status_code == 303
    answer = await visitor.get(f"{path}/export")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert '"Comune"' in texts["settings.json"]
    assert '"Enough"' in texts["activation.json"]
    assert "sk_hidden" not in "".join(texts.values())
    assert texts["usage.csv"].startswith("counted_on,meter,quantity")
    assert texts["statements.csv"].startswith("month,statement")
    office = await visit(made.officer)
    assert (await office.get(f"{path}/export")).status_code == 403
    assert (await office.post(f"{path}/export")).status_code == 403

    begun = await visitor.post(f"{path}/export")  # the same, however long it takes
    task = begun.headers["location"]
    assert task.startswith("/office/tasks/")
    await drain(host)
    assert "Scarica tolk.zip" in (await visitor.get(task)).text
    fetched = await visitor.get(f"{task}/result")
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == texts
    assert (await office.get(f"{task}/result")).status_code == 404


async def test_an_export_holds_the_usage_reported(host, make_consortium, make_offer, activate):
    from decimal import Decimal

    from arengo_core import clock
    from arengo_marketplace.activations.export import export
    from arengo_marketplace.contract import Marketplace, UsageReading

    made = await make_consortium()
    activation = await activate(made.lead.id, await make_offer(made.id, "bell"))
    caller = Caller.program([made.lead.id])
    async with host.unit_of_work(caller) as uow:
        reading = UsageReading(
            "bell.strokes", made.lead.id, Decimal(7), clock.now(), f"one-{activation.id}"
        )
        assert await host.continuing(uow, Marketplace).report_usage([reading]) == 1
    async with host.unit_of_work(caller, read_only=True) as uow:
        content = await export(uow, host, activation_id=activation.id)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        lines = archive.read("usage.csv").decode().splitlines()
    assert len(lines) == 2
    assert ",bell.strokes,7" in lines[1]


async def test_the_setup_command_does_the_same(fresh_host):
    settings = fresh_host.settings
    environment = {
        **os.environ,
        "ARENGO_DATABASE_URL": settings.database_url,
        "ARENGO_DATABASE_OWNER_URL": settings.database_owner_url,
        "ARENGO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "ARENGO_PASSWORD_COST": "low",
        "ARENGO_LOG_LEVEL": "WARNING",
    }

    async def run(lead):
        words = ["setup", "--name", "Unione", "--lead", lead, "--member", "Spriana"]
        words += ["--officer", "Ada", "--email", "ada@unione.example"]
        words += ["--password", "a long enough password"]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "arengo_core.cli.main",
            *words,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    code, output = await run("Nowhere at all")
    assert code != 0
    assert "Nowhere at all" in output
    code, output = await run("Lanzada/SO")
    assert code == 0, output
    async with fresh_host.unit_of_work(read_only=True) as uow:
        [consortium] = await directory.consortia(uow)
        towns = await directory.members(uow, consortium.id)
    assert [town.name for town in towns] == ["Lanzada", "Spriana"]
    code, output = await run("Lanzada/SO")
    assert code == 2
    assert "set up already" in output
