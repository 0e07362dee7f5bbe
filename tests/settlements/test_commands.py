"""``arengo costs`` in a process of its own, as a person at a terminal runs it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import pytest

from arengo_marketplace.settlements.models import Settlement
from tests.settlements.valley import IN_SEPTEMBER

FILE = (
    "month;service;kind;description;amount;supplier;document_number;document_date\n"
    "2026-08;bell;fixed;Canone;1.000,00;Fonderia;8/2026;31/08/2026\n"
    "2026-08;bell;funding;Bando;400;;;\n"
)


@pytest.fixture
def costs(valley, database, tmp_path):
    """``await costs("list", ...)``: the finished process."""
    environment = {
        **os.environ,
        "ARENGO_DATABASE_URL": database.app,
        "ARENGO_DATABASE_OWNER_URL": database.owner,
        "ARENGO_DATA_DIR": str(tmp_path),
        "ARENGO_LOG_LEVEL": "ERROR",
    }

    async def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        async with valley.host.unit_of_work() as uow:
            from arengo_core.organizations import repository as organizations

            slug = (await organizations.get(uow.session, valley.id)).slug
        environment["ARENGO_CLOCK"] = os.environ["ARENGO_CLOCK"]
        command = [sys.executable, "-m", "arengo_core.cli.main", "costs", *arguments]
        return await asyncio.to_thread(
            subprocess.run,
            [*command, "--consortium", slug],
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return run


async def test_a_month_is_entered_looked_at_and_closed(valley, costs, tmp_path, move_clock):
    file = tmp_path / "costs.csv"
    file.write_text(FILE)
    dry = await costs("import", str(file), "--dry-run", "--json")
    assert json.loads(dry.stdout) == {"entered": 0, "readable": 2, "total": 60_000, "faults": []}
    assert "2 lines entered" in (await costs("import", str(file))).stdout
    listed = json.loads((await costs("list", "--period", "2026-08", "--json")).stdout)
    assert [(one["kind"], one["amount"]) for one in listed] == [
        ("fixed", 100_000),
        ("funding", 40_000),
    ]
    early = await costs("close", "--period", "2026-08")
    assert (early.returncode, early.stdout) == (2, "")
    assert "not over" in early.stderr

    move_clock(IN_SEPTEMBER)
    preview = json.loads((await costs("preview", "--period", "2026-08", "--json")).stdout)
    assert (preview["net"], preview["problems"]) == (60_000, [])
    closed = json.loads((await costs("close", "--period", "2026-08", "--json")).stdout)
    assert sum(one["amount"] for one in closed["statements"]) == closed["net"] == 60_000
    assert {one["amount"] for one in closed["statements"]} == {
        one["amount"] for one in preview["members"]
    }
    unknown = await costs("explain", "2026-08/999")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no statement 2026-08/999" in unknown.stderr
    number = closed["statements"][0]["number"]
    statement = json.loads((await costs("explain", number, "--json")).stdout)
    parts = [part["amount"] for service in statement["services"] for part in service["parts"]]
    assert statement["currency"] == "EUR"
    assert sum(parts) == statement["amount"] == closed["statements"][0]["amount"]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        assert len((await uow.session.execute(Settlement.__table__.select())).all()) == 1


async def test_a_wrong_file_enters_nothing_and_names_the_line(costs, tmp_path):
    file = tmp_path / "costs.csv"
    file.write_text(FILE + "2026-08;gong;fixed;Canone;1;;;\n")
    answer = await costs("import", str(file))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Line 4, column service" in answer.stderr
    told = await costs("import", str(file), "--dry-run", "--json")
    assert (told.returncode, json.loads(told.stdout)["faults"][0]["line"]) == (2, 4)
    assert json.loads((await costs("list", "--period", "2026-08", "--json")).stdout) == []


async def test_a_wrong_month_is_refused(costs):
    answer = await costs("list", "--period", "soon")
    assert answer.returncode == 2
    assert "soon is not a month" in answer.stderr
