"""A cost line's schedule: typed, imported and queried, and proved by the settlement's file."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest

from arengo_core.api.scalars import global_id
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.money import Money
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools import csv_import, rests
from arengo_marketplace.pools import repository as lines
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData, schedule_named
from arengo_marketplace.settlements import service
from arengo_marketplace.settlements.bundle import digest_of, verify
from tests.settlements.test_bundle import SCHEMA
from tests.settlements.valley import AUGUST, IN_OCTOBER, SEPTEMBER

OCTOBER = Period.month(2026, 10)


async def _line(valley, month=AUGUST):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        (line,) = await lines.of_month(uow.session, valley.id, month.start)
        return line


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("", ()),
        ("40, 30, 30", (40, 30, 30)),
        ("40 %, 30 %, 30 %", (40, 30, 30)),
        ("4;3;3", (4, 3, 3)),
        (" 1 0 2 ", (1, 0, 2)),
        ("100", (100,)),
    ],
)
def test_weights_are_read(text, weights):
    assert schedule_named(text) == weights


@pytest.mark.parametrize(
    "text", ["a lot", "-1, 2", "33,3; 66,7", "33,3, 66,7", "33.3 66.7", ",", "٤"]
)
def test_what_is_no_list_of_weights_is_refused(text):
    with pytest.raises(InvalidInputError, match="40, 30, 30") as refused:
        schedule_named(text)
    assert refused.value.field == "schedule"


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ((40, 60), r"months \(3\).*weights in the schedule \(2\)"),
        ((0, 0, 0), "one"),
        ((2, -1, 1), "No"),
    ],
)
async def test_a_schedule_that_does_not_fit_is_refused(valley, schedule, said):
    with pytest.raises(InvalidInputError, match=said) as refused:
        await valley.enter(100, last_month=OCTOBER.start, schedule=schedule)
    assert refused.value.field == "schedule"


async def test_each_month_takes_its_weight_and_the_file_proves_it(valley, move_clock):
    await valley.enter(10_001, last_month=OCTOBER.start, schedule=(40, 0, 60))
    await valley.enter(100, SEPTEMBER)
    line = await _line(valley)
    move_clock(IN_OCTOBER)
    settlement = await valley.close()
    assert (settlement.costs, (await valley.close(SEPTEMBER)).costs) == (4_000, 100)
    data = LineData(
        valley.offer.id,
        AUGUST.start,
        LineKind.FIXED,
        "Server",
        Money(10_001),
        OCTOBER.start,
        schedule=(1, 1, 1),
    )
    async with valley.host.unit_of_work(valley.office) as uow:
        with pytest.raises(ConflictError, match="2026 is settled"):
            await pools.change(uow, line_id=line.id, data=data)

    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        made = json.loads(json.dumps(await service.bundle(uow, settlement.id)))
    jsonschema.validate(made, SCHEMA)
    assert verify(made, BUILT_IN).holds
    (kept,) = made["services"][0]["lines"]
    assert kept["spread"]["schedule"] == [40, 0, 60]
    for schedule, said in ([[50, 0, 50], "by its months is 5001"], [None, "by its months is 3334"]):
        forged = copy.deepcopy(made)
        spread = forged["services"][0]["lines"][0]["spread"]
        spread.update(schedule=schedule)
        if schedule is None:
            del spread["schedule"]
        forged["digest"] = digest_of({k: v for k, v in forged.items() if k != "digest"})
        (fault,) = verify(forged, BUILT_IN).faults
        assert said in fault


async def test_the_rest_of_a_scheduled_cost_is_moved_to_the_cent(valley):
    await valley.enter(10_001, last_month=OCTOBER.start, schedule=(40, 30, 30))
    line = await _line(valley)
    async with valley.host.unit_of_work(valley.office) as uow:
        rest = await rests.move_rest(
            uow, line_id=line.id, month=SEPTEMBER, last_month=OCTOBER.start
        )
        assert (rest.amount, rest.schedule) == (6_001, None)
        assert [rest.part(month.start).amount for month in (SEPTEMBER, OCTOBER)] == [3_001, 3_000]
    assert (await _line(valley)).part(AUGUST.start).amount == 4_000


async def test_a_month_without_weight_needs_nobody_to_bear_it(valley, make_offer, move_clock):
    other = await make_offer(valley.id, "communications")
    await valley.enter(300)
    data = LineData(
        other.id,
        AUGUST.start,
        LineKind.FIXED,
        "Training",
        Money(100),
        SEPTEMBER.start,
        schedule=(0, 1),
    )
    async with valley.host.unit_of_work(valley.office) as uow:
        await pools.add(uow, consortium_id=valley.id, lines=[data])
    move_clock(IN_OCTOBER)
    assert (await valley.close()).costs == 300
    with pytest.raises(ConflictError, match="Training"):
        await valley.close(SEPTEMBER)


async def test_a_file_brings_schedules_and_wrong_ones_are_named_by_line(valley):
    text = "mese;servizio;tipo;descrizione;importo;ultimo_mese;piano\n"
    row = "2026-08;bell;fisso;Server;100,00;2026-10;"
    async with valley.host.unit_of_work(valley.office) as uow:
        made = await csv_import.import_csv(
            uow, consortium_id=valley.id, text=f"{text}{row}40, 30, 30\n{row}\n"
        )
        assert [one.schedule for one in made] == [[40, 30, 30], None]
        wrong = "".join(f"{row}{cell}\n" for cell in ("1,1,1", "50, 50", "33,3; 66,7", "0 0 0"))
        wrong = wrong.replace("33,3; 66,7", '"33,3; 66,7"')
        reading = await csv_import.read(uow, consortium_id=valley.id, text=text + wrong)
    assert [(one.line, one.column) for one in reading.faults] == [
        (line, "schedule") for line in (3, 4, 5)
    ]
    assert "(3)" in reading.faults[0].message
    assert "(2)" in reading.faults[0].message


async def test_pages_and_graphql_take_and_show_a_schedule(valley, visit):
    office = await visit(valley.officer)
    typed = {
        "offer": str(valley.offer.id),
        "month": "2026-08",
        "last_month": "2026-10",
        "kind": "one_off",
        "description": "Server",
        "amount": "100.00",
    }
    wrong = await office.post("/office/costs", {**typed, "schedule": "40, 60"})
    assert (wrong.status_code, wrong.text.count('value="40, 60"')) == (400, 1)
    assert "Il numero dei mesi (3)" in wrong.text
    assert (
        await office.post("/office/costs", {**typed, "schedule": "40, 30,30"})
    ).status_code == 400
    entered = await office.post("/office/costs", {**typed, "schedule": "40, 35, 25"})
    assert entered.status_code == 303, entered.text
    line = await _line(valley)
    path = f"/office/costs/lines/{line.id}"
    shown = (await office.get(path)).text
    assert 'value="40, 35, 25"' in shown
    assert [part for part in (4_000, 3_500, 2_500) if f'value="{part}"' not in shown] == []
    assert "40, 35, 25" in (await office.get("/office/costs/csv?month=2026-09")).text
    assert (await office.post(path, {**typed, "schedule": ""})).status_code == 303
    assert (await _line(valley)).schedule is None

    update = """mutation ($id: ID!, $line: CostLineInput!) { updateCostLine(id: $id, line: $line) {
        costLine { schedule parts { amount { amount } } } userErrors { field } } }"""
    ids = {"id": global_id("CostLine", line.id)}
    said = {
        "offerId": global_id("Offer", valley.offer.id),
        "month": "2026-08",
        "lastMonth": "2026-10",
        "kind": "fixed",
        "description": "Server",
        "amount": 10_000,
    }
    changed = await office.graphql(update, **ids, line={**said, "schedule": [1, 2, 1]})
    made = changed["data"]["updateCostLine"]["costLine"]
    assert made["schedule"] == [1, 2, 1]
    assert [one["amount"]["amount"] for one in made["parts"]] == [2_500, 5_000, 2_500]
    refused = await office.graphql(update, **ids, line={**said, "schedule": [1, 2]})
    assert refused["data"]["updateCostLine"]["userErrors"] == [{"field": "schedule"}]
    equal = await office.graphql(update, **ids, line=said)
    assert equal["data"]["updateCostLine"]["costLine"]["schedule"] == []
