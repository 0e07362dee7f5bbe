"""A settlement's usage is proved from its records; what was changed, removed or added is named."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from decimal import Decimal

import asyncpg
import jsonschema
import pytest

from arengo_marketplace.metering import repository as metering
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.usage_proof import COLUMNS, RowsCheck, row_line
from tests.settlements.test_bundle import SCHEMA
from tests.settlements.valley import AUGUST, IN_SEPTEMBER, STROKES, reading

BY_USE = {"parts": [{"key": "usage", "weight": "100", "meter": STROKES}]}
TAMPERING = {
    "changed": "update marketplace.usage_record set quantity = 4 where consortium_id = $1"
    " and quantity = 3",
    "removed": "delete from marketplace.usage_record where consortium_id = $1 and quantity = 3",
    "added": "insert into marketplace.usage_record (organization_id, counted_on, id, consortium_id,"
    " meter, quantity, occurred_at, recorded_at, through_seat)"
    " select organization_id, counted_on, gen_random_uuid(), consortium_id, meter, 1, occurred_at,"
    " recorded_at, through_seat from marketplace.usage_record where consortium_id = $1"
    " and quantity = 3",
}


@pytest.fixture
async def closed(make_valley, move_clock):
    """A month divided by use that came in two reports, and its file."""
    valley = await make_valley(cost_rule=BY_USE)
    first, second, *_ = valley.towns
    await valley.report([reading(first.id, "12.5"), reading(second.id, 3)])
    await valley.use(second.id, 7)
    await valley.enter(90_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        made = await service.bundle(uow, settlement.id)
    return valley, json.loads(json.dumps(made))


async def _lines(valley) -> list[str]:
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        rows = metering.canonical_rows(uow.session, valley.id, AUGUST)
        return [row_line(batch, row) async for batch, row in rows]


def _checked(made, lines):
    check = RowsCheck(made)
    for line in lines:
        check.add(line)
    return check.verdict()


async def test_its_records_give_its_digests_and_its_usage(closed, database, tmp_path):
    valley, made = closed
    jsonschema.validate(made, SCHEMA)
    assert [batch["records"] for batch in made["usage_batches"]] == [2, 1]
    verdict = _checked(made, await _lines(valley))
    assert verdict.holds, verdict
    assert sorted(one.summed for one in verdict.usage if one.summed) == [10, Decimal("12.5")]

    bundle, rows = tmp_path / "bundle.json", tmp_path / "rows.csv"
    bundle.write_text(json.dumps(made))
    rows.write_text("\n".join([",".join(COLUMNS), *await _lines(valley)]) + "\n")
    environment = {
        **os.environ,
        "ARENGO_DATABASE_URL": database.app,
        "ARENGO_DATABASE_OWNER_URL": database.owner,
        "ARENGO_DATA_DIR": str(tmp_path),
        "ARENGO_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "arengo_core.cli.main", "costs", "verify", str(bundle)]
    said = await asyncio.to_thread(
        subprocess.run,
        [*command, "--deep", "--rows", str(rows)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.count("2 batches, 0 not equal; 4 figures of usage, 0 not equal.") == 2


@pytest.mark.parametrize("how", TAMPERING)
async def test_what_the_owner_does_to_records_is_named(closed, database, how):
    valley, made = closed
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("select set_config('arengo.maintenance', 'on', false)")
        for change in ("disable trigger all", "no force row level security"):
            await owner.execute(f"alter table marketplace.usage_record {change}")
        done = await owner.execute(TAMPERING[how], valley.id)
        for change in ("force row level security", "enable trigger all"):
            await owner.execute(f"alter table marketplace.usage_record {change}")
    finally:
        await owner.close()
    assert done.endswith(" 1"), done
    verdict = _checked(made, await _lines(valley))
    assert not verdict.holds
    assert [one.is_equal for one in verdict.batches] == [how == "added", True]
    assert verdict.unlisted == ({"": 1} if how == "added" else {})
    wrong = [one.member for one in verdict.usage if not one.is_equal]
    assert wrong == [valley.towns[1].name]
