"""Reporting usage: once each, for whom it counts, in the month it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_id
from arengo_marketplace.contract import UsageReading
from arengo_marketplace.costs.period import Period
from arengo_marketplace.metering import counting, repository, service
from arengo_marketplace.metering.models import UnfoldedDay, UsageDay, UsageKey, UsageRecord
from tests.settlements.valley import AUGUST, IN_OCTOBER, IN_SEPTEMBER, SEPTEMBER, STROKES, reading


async def _units(valley, period=AUGUST):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        found = await repository.of_period(uow.session, valley.id, period, [STROKES])
    return found[STROKES]


async def _records(valley, member, period=AUGUST):
    caller = Caller.program([member])
    async with valley.host.unit_of_work(caller, read_only=True) as uow:
        return await repository.records(uow.session, member, STROKES, period)


async def test_the_same_key_again_changes_nothing(valley):
    town = valley.towns[0].id
    first = reading(town, 5, key="stroke-1")
    assert await valley.report([first, first]) == 1
    assert await valley.report([first, reading(town, 7, key="stroke-2")]) == 1
    again = reading(town, 99, on=date(2026, 9, 3), key="stroke-1")
    assert await valley.report([again]) == 0
    assert await _units(valley) == {town: Decimal(12)}
    assert await _units(valley, SEPTEMBER) == {}


async def test_the_same_key_of_another_member_is_another_reading(valley):
    one, other = valley.towns[0].id, valley.towns[1].id
    assert await valley.report([reading(one, 5, key="k"), reading(other, 6, key="k")]) == 2
    assert await _units(valley) == {one: Decimal(5), other: Decimal(6)}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"meter": "bell.echoes"}, "meter"),
        ({"quantity": Decimal("nan")}, "quantity"),
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal("0.0000001")}, "quantity"),
        ({"key": ""}, "key"),
        ({"organization_id": new_id()}, "organization_id"),
        ({"occurred_at": datetime(2026, 8, 3)}, "occurred_at"),
    ],
)
async def test_a_bad_reading_is_refused_with_all_that_came_along(valley, change, field):
    good = reading(valley.towns[0].id, 5)
    fields = {
        "meter": good.meter,
        "organization_id": good.organization_id,
        "quantity": good.quantity,
        "occurred_at": good.occurred_at,
        "key": "another",
    }
    with pytest.raises(InvalidInputError) as refused:
        await valley.report([good, UsageReading(**{**fields, **change})])
    assert refused.value.field == field
    assert await _units(valley) == {}


async def test_midnight_in_rome_parts_the_months(valley):
    town = valley.towns[0].id
    before = datetime(2026, 8, 31, 21, 59, 59, tzinfo=UTC)
    after = datetime(2026, 8, 31, 22, 0, tzinfo=UTC)
    await valley.report(
        [
            UsageReading(STROKES, town, Decimal(1), before, "before"),
            UsageReading(STROKES, town, Decimal(10), after, "after"),
        ]
    )
    assert await _units(valley) == {town: Decimal(1)}
    assert await _units(valley, SEPTEMBER) == {town: Decimal(10)}


async def test_what_a_shop_uses_counts_for_its_town_without_telling_who(valley, make_merchant):
    town = valley.towns[2].id
    shop = await make_merchant(valley.id, town)
    await valley.report([reading(shop.id, 4), reading(town, 3)])
    assert await _units(valley) == {town: Decimal(7), shop.id: Decimal(4)}
    assert [(row.quantity, row.through_seat) for row in await _records(valley, shop.id)] == [
        (4, False)
    ]
    own = await _records(valley, town)
    assert sorted((row.quantity, row.through_seat) for row in own) == [(3, False), (4, True)]
    columns = {column.name for column in UsageRecord.__table__.columns}
    assert not {"merchant_id", "reporter_id"} & columns


async def test_another_member_reads_nothing(valley):
    town, other = valley.towns[0].id, valley.towns[1].id
    await valley.use(town, 5)
    async with valley.host.unit_of_work() as uow:
        await service.fold(uow)
    for model in (UsageRecord, UsageDay):
        count = select(func.count()).where(model.organization_id == town)
        async with valley.host.unit_of_work(Caller.program([other]), read_only=True) as uow:
            assert await uow.session.scalar(count) == 0
        async with valley.host.unit_of_work(Caller.program([town]), read_only=True) as uow:
            assert await uow.session.scalar(count) == 1


async def test_records_cannot_be_changed_nor_partitions_read(valley):
    town = valley.towns[0].id
    await valley.use(town, 5)
    for statement in (
        "update marketplace.usage_record set quantity = 1",
        "delete from marketplace.usage_record",
        "select count(*) from marketplace.usage_record_2026_08",
        "select count(*) from marketplace.usage_record_default",
    ):
        with pytest.raises(Exception, match=r"permission denied|append-only"):
            async with valley.host.unit_of_work(valley.everything()) as uow:
                await uow.session.execute(text(statement))
    assert await _units(valley) == {town: Decimal(5)}


async def test_a_late_reading_counts_in_the_next_month_that_is_not_settled(valley, move_clock):
    town = valley.towns[0].id
    await valley.use(town, 5)
    await valley.enter(10_000)
    move_clock(IN_SEPTEMBER)
    await valley.close()
    await valley.use(town, 3)
    assert await _units(valley) == {town: Decimal(5)}
    (late,) = await _records(valley, town, SEPTEMBER)
    assert (late.counted_on, late.occurred_at.month) == (date(2026, 9, 1), 8)

    await valley.enter(10_000, SEPTEMBER)
    move_clock(IN_OCTOBER)
    await valley.close(SEPTEMBER)
    await valley.use(town, 2)
    assert await _units(valley, Period.month(2026, 10)) == {town: Decimal(2)}


def test_the_day_moves_over_every_settled_month():
    settled = {date(2026, 8, 1), date(2026, 9, 1), date(2026, 11, 1)}
    assert counting.counting_day(date(2026, 8, 20), settled) == date(2026, 10, 1)
    assert counting.counting_day(date(2026, 10, 20), settled) == date(2026, 10, 20)
    assert counting.counting_day(date(2026, 11, 20), settled) == date(2026, 12, 1)


async def test_folding_gives_the_sums_of_the_records_again_and_again(valley):
    town = valley.towns[0].id
    await valley.report(
        [reading(town, 5), reading(town, "2.5"), reading(town, 1, date(2026, 9, 1))]
    )

    async def fold():
        async with valley.host.unit_of_work() as uow:
            while await service.fold(uow):
                pass
        async with valley.host.unit_of_work(Caller.program([town]), read_only=True) as uow:
            rows = (await uow.session.execute(select(UsageDay).order_by(UsageDay.day))).scalars()
            return [(row.day, row.quantity) for row in rows]

    assert await fold() == [(date(2026, 8, 15), Decimal("7.5")), (date(2026, 9, 1), Decimal(1))]
    await valley.use(town, -2)
    assert await fold() == [(date(2026, 8, 15), Decimal("5.5")), (date(2026, 9, 1), Decimal(1))]
    async with valley.host.unit_of_work() as uow:
        waiting = select(func.count()).where(UnfoldedDay.organization_id == town)
        assert await uow.session.scalar(waiting) == 0


async def test_reporting_folds_nothing_itself(valley):
    town = valley.towns[0].id
    await valley.use(town, 5)
    async with valley.host.unit_of_work(Caller.program([town]), read_only=True) as uow:
        assert await uow.session.scalar(select(func.count()).select_from(UsageDay)) == 0


async def test_a_thousand_readings_take_as_many_statements_as_three(valley, count_statements):
    town = valley.towns[0].id
    counts = []
    for size in (3, 1000):
        with count_statements() as seen:
            assert await valley.report([reading(town, 1) for _ in range(size)]) == size
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert await _units(valley) == {town: Decimal(1003)}


async def test_months_ahead_get_partitions_once(valley, database):
    async with valley.host.unit_of_work() as uow:
        await repository.make_months(uow.session, date(2031, 5, 20), 2)
        await repository.make_months(uow.session, date(2031, 5, 20), 3)
        names = text(
            "select relname from pg_class where relname like 'usage_record_2031_%'"
            " and relkind = 'r' order by 1"
        )
        found = (await uow.session.execute(names)).scalars().all()
    assert found == ["usage_record_2031_05", "usage_record_2031_06", "usage_record_2031_07"]


async def test_a_month_without_a_partition_is_stored_all_the_same(valley):
    town = valley.towns[0].id
    await valley.use(town, 5, date(2040, 1, 10))
    async with valley.host.unit_of_work() as uow:
        await repository.make_months(uow.session, date(2040, 1, 1), 1)
    assert await _units(valley, Period.month(2040, 1)) == {town: Decimal(5)}


async def test_keys_hold_digests_only(valley):
    await valley.report([reading(valley.towns[0].id, 5, key="someone@example.it")])
    async with valley.host.unit_of_work() as uow:
        digests = (await uow.session.execute(select(UsageKey.digest))).scalars().all()
    assert digests
    assert all(len(digest) == 32 and b"example" not in digest for digest in digests)


async def test_the_average_month_is_of_whole_months(valley, move_clock):
    town = valley.towns[0].id
    await valley.report(
        [
            reading(town, 6, date(2026, 8, 5)),
            reading(town, 3, date(2026, 9, 5)),
            reading(town, 90, date(2026, 10, 1)),
        ]
    )
    async with valley.host.unit_of_work() as uow:
        await service.fold(uow)
    move_clock(IN_OCTOBER)
    async with valley.host.unit_of_work() as uow:
        found = await service.average_month(
            uow, consortium_id=valley.id, organization_ids=[town], months=3
        )
    assert found == {STROKES: {town: Decimal(3)}}
