"""Grants in settlements: what they cover is frozen, counted, taken back and recomputed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import jsonschema
import pytest

from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.jobs.worker import drain
from arengo_core.money import Money
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.grants import CapPeriod
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.funding import reminding
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements import repository, service
from arengo_marketplace.settlements.bundle import digest_of, verify
from tests.settlements.test_bundle import SCHEMA
from tests.settlements.valley import AUGUST, IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER

REGION = FundingData("Bando SYS2", Decimal(60), Money(100_000), Period.year(2026))


async def grant(valley, data=REGION, **more):
    async with valley.host.unit_of_work(valley.office) as uow:
        return await funding.create(uow, consortium_id=valley.id, data=replace(data, **more))


async def left(valley):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return [one.left.amount for one in await funding.standings(uow, valley.id)]


async def bundle(valley, settlement):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return json.loads(json.dumps(await service.bundle(uow, settlement.id)))


async def test_a_month_is_covered_frozen_and_taken_back(valley, move_clock):
    region = await grant(valley)
    union = await grant(valley, title="Unione", rate=Decimal(30), cap=Money(20_000))
    await valley.enter(80_000)
    await valley.enter(5_000, kind=LineKind.FEE)
    await valley.enter(1_000, kind=LineKind.FUNDING, description="Dono")
    move_clock(IN_SEPTEMBER)
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        draft = await service.preview(uow, valley.host, consortium_id=valley.id, period=AUGUST)
    settlement = await valley.close()
    assert draft.net.amount == settlement.net == 80_000 - 5_000 - 1_000 - 48_000 - 20_000
    assert settlement.funding == 69_000
    assert sum(share.amount for share in await valley.shares(settlement)) == settlement.net
    assert await left(valley) == [52_000, 0]
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        lines = await repository.lines(uow.session, settlement.id, valley.id)
    assert {line.funding_id: line.amount for line in lines if line.kind == "funding"} == {
        None: 1_000,
        region.id: 48_000,
        union.id: 20_000,
    }

    await valley.reverse(settlement)
    assert await left(valley) == [100_000, 20_000]
    again = await valley.close()
    assert (again.funding, await left(valley)) == (69_000, [52_000, 0])


async def test_the_file_is_recomputed_with_its_grants(valley, move_clock):
    await grant(valley, kinds=frozenset({CostKind.FIXED}), co_financing=Decimal(25))
    await grant(valley, title="Unione", rate=Decimal("33.3333"), cap=Money(9_999))
    for month, at in ((AUGUST, IN_SEPTEMBER), (SEPTEMBER, IN_OCTOBER)):
        await valley.enter(70_000, month)
        await valley.enter(30_001, month, kind=LineKind.USAGE)
        move_clock(at)
        settlement = await valley.close(month)
        made = await bundle(valley, settlement)
        jsonschema.validate(made, SCHEMA)
        assert verify(made, BUILT_IN).holds
    assert [one["left"] for one in made["grants"]] == [58_000, 0]

    made["services"][0]["lines"] = [
        line | {"amount": line["amount"] + 1} if "grant" in line else line
        for line in made["services"][0]["lines"]
    ]
    made["digest"] = digest_of({key: made[key] for key in made if key != "digest"})
    wrong = verify(made, BUILT_IN)
    assert not wrong.holds
    assert [fault for fault in wrong.faults if "Bando SYS2" in fault] == [
        "The grant Bando SYS2 is said to cover 42001 of bell, and by its terms covers 42000."
    ]


async def test_only_months_of_its_window_and_what_it_has_each_year(valley, move_clock):
    await grant(
        valley,
        window=Period.months_from(date(2026, 9, 1), 2),
        period_cap=Money(5_000),
        per=CapPeriod.MONTH,
    )
    for month in (AUGUST, SEPTEMBER):
        await valley.enter(10_000, month)
    move_clock(IN_OCTOBER)
    assert (await valley.close()).funding == 0
    assert (await valley.close(SEPTEMBER)).funding == 5_000


async def test_an_ended_grant_covers_nothing_more(valley, move_clock):
    row = await grant(valley)
    async with valley.host.unit_of_work(valley.office) as uow:
        await funding.end(uow, funding_id=row.id)
    with pytest.raises(ConflictError):
        async with valley.host.unit_of_work(valley.office) as uow:
            await funding.end(uow, funding_id=row.id)
    await valley.enter(10_000)
    move_clock(IN_SEPTEMBER)
    assert (await valley.close()).funding == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"cap": Money(5_999)}, "cap"),
        ({"period_cap": Money(5_999)}, "period_cap"),
        ({"window": Period.months_from(date(2026, 9, 1), 3)}, "first_month"),
        ({"window": Period.months_from(date(2026, 1, 1), 7)}, "last_month"),
        ({"kinds": frozenset({CostKind.FIXED})}, "kinds"),
        ({"rate": Decimal(59)}, "rate"),
        ({"co_financing": Decimal(1)}, "co_financing"),
    ],
)
async def test_what_contradicts_what_was_covered_is_refused(valley, move_clock, changed, field):
    row = await grant(valley)
    await valley.enter(10_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    with pytest.raises(ConflictError) as refused:
        async with valley.host.unit_of_work(valley.office) as uow:
            await funding.change(uow, funding_id=row.id, data=replace(REGION, **changed))
    assert refused.value.field == field
    await valley.reverse(settlement)
    async with valley.host.unit_of_work(valley.office) as uow:
        await funding.change(uow, funding_id=row.id, data=replace(REGION, **changed))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal("100.5")}, "rate"),
        ({"rate": Decimal("1.123456789")}, "rate"),
        ({"co_financing": Decimal(100)}, "co_financing"),
        ({"cap": Money(0)}, "cap"),
        ({"period_cap": Money(100_001)}, "period_cap"),
        ({"services": frozenset({"unknown"})}, "services"),
        ({"note": "x" * 2001}, "note"),
    ],
)
async def test_what_makes_no_sense_is_refused(valley, wrong, field):
    with pytest.raises(InvalidInputError) as refused:
        await grant(valley, **wrong)
    assert refused.value.field == field
    assert await left(valley) == []


async def test_the_order_decides_who_pays(valley, move_clock):
    first = await grant(valley, rate=Decimal(70))
    second = await grant(valley, title="Unione", rate=Decimal(70))
    async with valley.host.unit_of_work(valley.office) as uow:
        consortium_id, order = await funding.moved_up(uow, second.id)
        await funding.reorder(uow, consortium_id=consortium_id, funding_ids=order)
    for wrong in ([first.id], [first.id, first.id]):
        with pytest.raises(InvalidInputError):
            async with valley.host.unit_of_work(valley.office) as uow:
                await funding.reorder(uow, consortium_id=valley.id, funding_ids=wrong)
    await valley.enter(10_000)
    move_clock(IN_SEPTEMBER)
    assert (await valley.close()).net == 0
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        standings = await funding.standings(uow, valley.id)
    assert [(one.funding.id, one.used.amount) for one in standings] == [
        (second.id, 7_000),
        (first.id, 3_000),
    ]


async def test_the_office_is_mailed_of_a_report_before_and_once_overdue(
    valley, move_clock, mailbox
):
    row = await grant(valley, report_due_on=date(2026, 10, 1), funder="Regione")

    async def told():
        await reminding.remind_all(valley.host, {})
        await drain(valley.host)
        return [
            mail
            for mail in mailbox.to(valley.officer.email)
            if "Bando SYS2" in mail["subject"] and "1 ott 2026" in mail["subject"]
        ]

    assert await told() == []
    move_clock(IN_SEPTEMBER)
    (first,) = await told()
    assert f"/office/funding/{row.id}" in first["text"]
    assert "1.000,00" in first["text"]
    assert len(await told()) == 1, "once"
    move_clock(IN_OCTOBER)
    assert "scadeva" in (await told())[1]["subject"]
    assert len(await told()) == 2
    async with valley.host.unit_of_work(valley.office) as uow:
        await funding.change(
            uow, funding_id=row.id, data=replace(REGION, report_due_on=date(2026, 10, 20))
        )
    move_clock(datetime(2026, 10, 21, 8, tzinfo=UTC))
    async with valley.host.unit_of_work(valley.office) as uow:
        await funding.report_made(uow, funding_id=row.id)
    assert len(await told()) == 2, "not of a report that was made"


async def test_its_report_is_asked_for(valley, move_clock):
    row = await grant(valley, report_due_on=date(2026, 10, 1))

    async def due():
        async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
            return [one.report_overdue for one in await funding.reports_due(uow, valley.id)]

    assert await due() == []
    move_clock(IN_SEPTEMBER)
    assert await due() == [False]
    move_clock(IN_OCTOBER)
    assert await due() == [True]
    async with valley.host.unit_of_work(valley.office) as uow:
        await funding.report_made(uow, funding_id=row.id)
    assert await due() == []


async def test_a_member_reads_on_its_statement_whose_grant_covered_what(valley, move_clock, visit):
    row = await grant(valley, funder="Regione Lombardia", reference="DGR 7/2026")
    await valley.enter(80_000)
    move_clock(IN_SEPTEMBER)
    settlement = await valley.close()
    own = next(
        one
        for one in await valley.statements(settlement)
        if one.organization_id == valley.towns[0].id
    )
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        lines = await repository.lines(uow.session, settlement.id, valley.id)
    line = next(line for line in lines if line.funding_id == row.id)
    town = await visit(valley.town_officer)
    shown = (await town.get(f"/office/statements/{own.id}/lines/{line.id}")).text
    for told in ("Regione Lombardia", "DGR 7/2026"):
        assert told in shown
