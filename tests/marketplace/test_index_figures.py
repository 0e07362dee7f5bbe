"""A published figure of an index is entered once for all prices that follow it, and told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import ForbiddenError, InvalidInputError
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.offers import index_figures, prices, repository, service

EQUAL = {"parts": [{"key": "equal", "weight": 100}]}
IN_2026 = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIGURE = {
    "name": "istat  foi",
    "month": Period.month(2026, 10),
    "value": Decimal("123.0"),
    "source": "ISTAT",
    "published_on": date(2026, 11, 16),
}


def _plan(**more):
    link = {
        "name": "ISTAT FOI",
        "first": "2026-01",
        "base": "2025-10",
        "share": "75",
        "figures": [
            {"month": "2025-10", "value": "120", "source": "ISTAT", "published_on": "2025-11-16"}
        ],
    }
    return {**PricePlan.yearly("Canone", 2_400_000).to_json(), "index": {**link, **more}}


@pytest.fixture
async def offered(make_consortium, make_offer, activate, move_clock):
    """Since March 2026, with the service in two towns; the clock stands in late November."""
    move_clock(IN_2026)
    made = await make_consortium(starts_on=IN_2026.date())
    plan = {**_plan(), "minimum": {"label": "At least", "amount": 1, "every": "year"}}
    offer = await make_offer(made.id, "bell", cost_rule=EQUAL, price_plan=plan)
    for town in made.municipalities[:2]:
        await activate(town.id, offer)
    move_clock(datetime(2026, 11, 25, 8, tzinfo=UTC))
    return made, offer


def _office(made):
    return Caller.program([made.id], [made.id])


async def _enter(host, made, **more):
    async with host.unit_of_work(_office(made)) as uow:
        return await index_figures.enter(uow, host, consortium_id=made.id, **(FIGURE | more))


async def _stored(host, made, offer):
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        return await repository.get(uow.session, offer.id)


async def test_a_figure_changes_the_price_from_its_contracts_month_and_members_are_told(
    host, offered, run_jobs, mailbox
):
    made, offer = offered
    await run_jobs()
    before = len(mailbox.to(made.lead_officer.email))
    (change,) = await _enter(host, made)
    assert change.valid_from == date(2027, 1, 1)
    assert {(c.today, c.afterwards) for c in change.changes} == {
        (Money(1_200_000), Money(1_222_500))
    }
    stored = await _stored(host, made, offer)
    assert stored.plan_at(date(2026, 12, 1)).index.figures[-1].month == date(2025, 10, 1)
    assert stored.plan_at(date(2027, 1, 1)).at(date(2027, 1, 1)).charges[0].amount == 2_445_000
    assert stored.plan_at(date(2027, 1, 1)).minimum is not None
    await run_jobs()
    (mail,) = mailbox.to(made.lead_officer.email)[before:]
    text = mail["text"]
    assert all(part in text for part in ("12.225,00", "12.000,00", "+225,00")), text
    assert "Il prezzo segue ISTAT FOI: il suo valore di ottobre 2026 è 123" in text, text
    assert "cambiano del 1,875 %" in text
    with pytest.raises(InvalidInputError, match="known already"):
        await _enter(host, made)
    async with host.unit_of_work(_office(made)) as uow:
        await prices.withdraw(uow, host, offer_id=offer.id, month=Period.month(2027, 1))
    assert len((await _stored(host, made, offer)).prices) == 1


async def test_a_late_figure_counts_from_the_next_month(host, offered, move_clock):
    made, offer = offered
    move_clock(datetime(2027, 2, 10, 8, tzinfo=UTC))
    (change,) = await _enter(host, made)
    assert change.valid_from == date(2027, 3, 1)
    stored = await _stored(host, made, offer)
    assert stored.plan_at(date(2027, 2, 1)).at(date(2027, 2, 1)).charges[0].amount == 2_400_000
    assert stored.plan_at(date(2027, 3, 1)).at(date(2027, 3, 1)).charges[0].amount == 2_445_000


async def test_prices_announced_for_later_get_it_too(host, offered):
    made, offer = offered
    async with host.unit_of_work(_office(made)) as uow:
        dearer = {**_plan(share="100"), "charges": _plan()["charges"]}
        await prices.change(
            uow, host, offer_id=offer.id, price_plan=dearer, month=Period.month(2027, 6)
        )
    (change,) = await _enter(host, made)
    stored = await _stored(host, made, offer)
    assert [one["valid_from"] for one in stored.prices][1:] == ["2027-01-01", "2027-06-01"]
    assert stored.plan_at(date(2027, 6, 1)).at(date(2027, 6, 1)).charges[0].amount == 2_460_000
    # five months by three quarters of the change, seven by all of it
    assert change.figures.afterwards.cost - change.figures.today.cost == Money(
        5 * 3_750 + 7 * 5_000
    )


async def test_nobody_is_written_to_where_nothing_changes(host, offered, run_jobs, mailbox):
    made, _ = offered
    await run_jobs()
    before = len(mailbox.to(made.lead_officer.email))
    (change,) = await _enter(host, made, value=Decimal(120))
    assert {c.difference for c in change.changes} == {Money(0)}
    await run_jobs()
    assert len(mailbox.to(made.lead_officer.email)) == before
    async with host.unit_of_work(_office(made), read_only=True) as uow:
        (index,) = await index_figures.indices(uow, made.id)
    assert index.wanted == ()


async def test_only_members_whose_year_changes_are_written_to(
    host, make_consortium, make_offer, activate, move_clock, run_jobs, mailbox
):
    move_clock(IN_2026)
    made = await make_consortium(starts_on=IN_2026.date())
    spared = made.municipalities[1]
    rule = {**EQUAL, "exempt": [{"members": [spared.istat_code]}]}
    offer = await make_offer(made.id, "bell", cost_rule=rule, price_plan=_plan())
    for town in made.municipalities[:2]:
        await activate(town.id, offer)
    move_clock(datetime(2026, 11, 25, 8, tzinfo=UTC))
    (change,) = await _enter(host, made, dry_run=True)
    assert {one.bearer.organization_id: one.difference for one in change.changes} == {
        made.municipalities[0].id: Money(45_000),
        spared.id: Money(0),
    }
    address = f"{spared.id}@example.org"
    async with host.unit_of_work(Caller.program([spared.id])) as uow:
        (await organizations.get(uow, spared.id)).email = address
    await run_jobs()
    before = len(mailbox.to(made.lead_officer.email))
    unmoved = len(mailbox.to(address))
    await _enter(host, made)
    await run_jobs()
    assert len(mailbox.to(made.lead_officer.email)) == before + 1
    assert len(mailbox.to(address)) == unmoved


async def test_a_price_to_come_that_follows_the_index_first_gets_its_figure(
    host, offered, make_offer, move_clock
):
    made, offer = offered
    async with host.unit_of_work(_office(made)) as uow:
        await service.withdraw(uow, offer_id=offer.id)
    plain = PricePlan.yearly("Canone", 1_200_000).to_json()
    other = await make_offer(made.id, "bell", cost_rule=EQUAL, price_plan=plain)
    async with host.unit_of_work(_office(made)) as uow:
        await prices.change(
            uow, host, offer_id=other.id, price_plan=_plan(), month=Period.month(2027, 4)
        )
        await prices.change(
            uow, host, offer_id=offer.id, price_plan=plain, month=Period.month(2027, 1)
        )

    async def wanted():
        async with host.unit_of_work(_office(made), read_only=True) as uow:
            (index,) = await index_figures.indices(uow, made.id)
        return [(one.month, one.used_from) for one in index.wanted]

    assert await wanted() == [(date(2026, 10, 1), date(2027, 4, 1))], "the old price ends before"
    (change,) = await _enter(host, made)
    assert (change.offer.id, change.valid_from) == (other.id, date(2027, 4, 1))
    stored = await _stored(host, made, other)
    assert [one["valid_from"] for one in stored.prices][1:] == ["2027-04-01"]
    assert stored.plan_at(date(2027, 4, 1)).at(date(2027, 4, 1)).charges[0].amount == 2_445_000
    assert await wanted() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "HICP"}, "index"),
        ({"month": Period.month(2026, 9)}, "month"),
        ({"month": Period.month(2025, 10)}, "month"),
        ({"month": Period.month(2027, 10)}, "month"),
        ({"published_on": date(2026, 10, 30)}, "month"),
        ({"value": Decimal(0)}, "value"),
        ({"value": Decimal("1.23456")}, "value"),
        ({"value": Decimal("NaN")}, "value"),
        ({"source": " "}, "source"),
        ({"published_on": date(2026, 11, 26)}, "published_on"),
    ],
)
async def test_what_makes_no_sense_is_refused(host, offered, wrong, field):
    made, offer = offered
    with pytest.raises(InvalidInputError) as refused:
        await _enter(host, made, **wrong)
    assert refused.value.field == field
    assert len((await _stored(host, made, offer)).prices) == 1


async def test_the_page_shows_what_is_wanted_and_what_a_figure_changes(host, offered, visit):
    made, offer = offered
    office = await visit(made.officer)
    assert "/office/offers/indices" in (await office.get("/office/offers")).text
    assert "/office/offers/indices#enter" in (await office.get("/office")).text
    page = await office.get("/office/offers/indices")
    assert 'value="2026-10"' in page.text
    typed = {
        "index": "ISTAT FOI",
        "month": "2026-10",
        "value": "123,0",
        "source": "ISTAT",
        "published_on": "2026-11-16",
    }
    wrong = await office.post("/office/offers/indices", typed | {"value": "high"})
    assert (wrong.status_code, 'value="high"' in wrong.text) == (400, True)
    shown = await office.post("/office/offers/indices", typed)
    assert shown.status_code == 200
    assert "12.225,00" in shown.text
    assert len((await _stored(host, made, offer)).prices) == 1, "nothing is saved by looking"
    done = await office.post("/office/offers/indices", typed | {"confirmed": "yes"})
    assert done.status_code == 303
    assert "/office/offers/indices#enter" not in (await office.get("/office")).text
    answer = await office.graphql(
        """query ($id: ID!) { priceIndices(consortiumId: $id) { name figures { month value }
            wanted { month usedFrom overdue } } }""",
        id=global_id("Organization", made.id),
    )
    (index,) = answer["data"]["priceIndices"]
    assert [one["month"] for one in index["figures"]] == ["2025-10", "2026-10"]
    assert all(one["month"] != "2026-10" for one in index["wanted"])


async def test_a_withdrawn_offer_follows_while_members_have_it(host, offered, make_offer):
    made, offer = offered
    async with host.unit_of_work(_office(made)) as uow:
        await service.withdraw(uow, offer_id=offer.id)
    assert [one.offer.id for one in await _enter(host, made, dry_run=True)] == [offer.id]
    other = await make_offer(made.id, "bell", cost_rule=EQUAL, price_plan=_plan())
    found = await _enter(host, made)
    assert {one.offer.id for one in found} == {offer.id, other.id}, "entered once for both"
    assert all(one.valid_from == date(2027, 1, 1) for one in found)


async def test_members_may_not(host, offered, caller_for):
    made, _ = offered
    async with host.unit_of_work(await caller_for(made.lead_officer)) as uow:
        with pytest.raises(ForbiddenError):
            await index_figures.indices(uow, made.id)
        with pytest.raises(ForbiddenError):
            await index_figures.enter(uow, host, consortium_id=made.id, **FIGURE)
