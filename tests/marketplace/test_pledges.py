"""Pledges: made on a condition, seen by the others, kept together at the start of a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.jobs.worker import drain
from arengo_core.plugins import gate
from arengo_core.testing.statements import counting
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.consents.errors import ConsentNeededError
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.pledges import board, repository, review, service
from arengo_marketplace.pledges.evaluation import Missing, Terms
from arengo_marketplace.pledges.models import Pledge
from arengo_marketplace.testing import ConsortiumMade
from tests.marketplace.conftest import PEALS

EQUAL = {"parts": [{"key": "equal", "weight": "100"}]}
TOLK = {"sender": "Comune", "api_key": "secret"}
OCTOBER = datetime(2026, 10, 20, 10, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 23, 10, tzinfo=UTC)  # 0:10 on the first, in Rome
LAST_DAY = date(2026, 12, 31)
MAKE = """
mutation($o: ID!, $m: ID!, $t: PledgeTerms!, $e: Date!) {
  makePledge(offerId: $o, memberId: $m, terms: $t, expiresOn: $e) {
    pledge { id state leastMembers leastInhabitants mostYearlyCost { amount } }
    userErrors { code field message }
  }
}
"""
BOARD = """
query($o: ID!) {
  pledges(offerId: $o) {
    startsOn presentMembers members inhabitants mayBeLarger
    pledges { memberName holds hindrance missing { members inhabitants cost { amount } } }
  }
}
"""


@dataclass(frozen=True)
class Towns:
    """A consortium with an offer, and ways for its towns to pledge."""

    host: Host
    consortium: ConsortiumMade
    offer: Offer

    @property
    def first(self):
        return self.consortium.municipalities[0]

    @property
    def second(self):
        return self.consortium.municipalities[1]

    @property
    def third(self):
        return self.consortium.municipalities[2]

    async def pledge(
        self,
        town,
        offer=None,
        *,
        expires_on=LAST_DAY,
        accepts=(),
        use=None,
        settings=None,
        **terms,
    ):
        async with self.host.unit_of_work(Caller.program([town.id])) as uow:
            return await service.make(
                uow,
                self.host,
                offer_id=(offer or self.offer).id,
                member_id=town.id,
                terms=Terms(**terms),
                expires_on=expires_on,
                accepts=accepts,
                forecast=use,
                settings_values=settings,
            )

    async def review(self):
        await review.review(self.host, {"consortium": str(self.consortium.id)})

    async def now(self, pledge):
        async with self.host.unit_of_work(Caller.program([pledge.organization_id])) as uow:
            return await uow.session.get(Pledge, pledge.id)

    async def have(self, service="bell"):
        async with self.host.unit_of_work(read_only=True) as uow:
            return [
                town.name
                for town in self.consortium.municipalities
                if await gate.is_active(uow.session, service, town.id)
            ]


@pytest.fixture
async def towns(host, make_consortium, make_offer, move_clock):
    move_clock(OCTOBER)
    made = await make_consortium(("014019", "014036", "014069"))
    return Towns(host, made, await make_offer(made.id, "bell"))


async def test_those_that_hold_start_together_with_the_month(host, towns, move_clock, mailbox):
    one = await towns.pledge(towns.first, least_members=2, use={"bell.strokes": "7"})
    alone = await towns.pledge(towns.third, least_members=4)
    await drain(host)
    assert (await towns.now(one)).starts_on is None
    other = await towns.pledge(towns.second, least_inhabitants=1)
    await drain(host)
    assert (await towns.now(one)).starts_on == date(2026, 11, 1)
    assert (await towns.now(alone)).starts_on is None
    assert await towns.have() == []

    await towns.review()
    assert await towns.have() == [], "not before the month"
    move_clock(NOVEMBER)
    await towns.review()
    assert await towns.have() == [towns.first.name, towns.second.name]
    kept = await towns.now(one)
    assert (kept.state, (await towns.now(other)).state) == ("kept", "kept")
    assert (await towns.now(alone)).state == "open"
    async with host.unit_of_work(Caller.program([towns.first.id])) as uow:
        row = await activations.get(uow.session, kept.activation_id)
        changes = await activations.changes_of(uow.session, towns.first.id, row.id)
    assert row.forecast == {"bell.strokes": "7"}
    assert {change.at.date() for change in changes} == {NOVEMBER.date()}
    assert all(change.why for change in changes)
    await towns.review()
    assert len(await towns.have()) == 2, "once"
    await drain(host)
    [mail] = [m for m in mailbox.to(towns.consortium.lead_officer.email) if "Bell" in m["subject"]]
    assert str(kept.activation_id) in mail["text"]


async def test_one_withdrawn_in_time_leaves_the_others_where_they_were(
    host, towns, move_clock, caller_for
):
    mine = await towns.pledge(towns.first, least_members=2)
    theirs = await towns.pledge(towns.second, least_members=2)
    await towns.review()
    async with host.unit_of_work(await caller_for(towns.consortium.lead_officer)) as uow:
        with pytest.raises(NotFoundError):
            await service.withdraw(uow, pledge_id=theirs.id)
        await service.withdraw(uow, pledge_id=mine.id)
    with pytest.raises(ConflictError):
        async with host.unit_of_work(Caller.program([towns.first.id])) as uow:
            await service.withdraw(uow, pledge_id=mine.id)
    move_clock(NOVEMBER)
    await towns.review()
    assert await towns.have() == []
    assert (await towns.now(theirs)).starts_on is None
    again = await towns.pledge(towns.first, least_members=2)
    assert again.id != mine.id


async def test_past_its_day_it_expires_and_the_member_is_told(host, towns, move_clock, mailbox):
    pledge = await towns.pledge(towns.first, least_members=3, expires_on=date(2026, 11, 1))
    move_clock(datetime(2026, 11, 1, 22, tzinfo=UTC))
    await towns.review()
    assert (await towns.now(pledge)).state == "open", "its last day is not over"
    move_clock(datetime(2026, 11, 1, 23, 30, tzinfo=UTC))
    await towns.review()
    assert (await towns.now(pledge)).state == "expired"
    await drain(host)
    assert any("Bell" in m["subject"] for m in mailbox.to(towns.consortium.lead_officer.email))


async def test_who_switches_on_meanwhile_has_no_pledge_left_and_counts_as_present(
    host, towns, activate
):
    pledge = await towns.pledge(towns.first, least_members=2)
    other = await towns.pledge(towns.second, least_members=2)
    await activate(towns.first.id, towns.offer)
    await towns.review()
    assert (await towns.now(pledge)).state == "withdrawn"
    assert (await towns.now(other)).starts_on == date(2026, 11, 1)


async def test_a_limit_on_the_own_cost_is_kept_by_the_forecast(host, towns, make_offer):
    """EUR 1,200 a year in equal parts: 600 for two, 400 for three."""
    offer = await make_offer(towns.consortium.id, "tolk", cost_rule=EQUAL)

    async def shown():
        async with host.unit_of_work(Caller.program(governs=[towns.consortium.id])) as uow:
            return await board.standing(uow, host, offer, date(2026, 11, 1))

    for town in (towns.first, towns.second):
        await towns.pledge(town, offer, most_cost=50_000, settings=TOLK)
    found = await shown()
    assert [row.holds for row in found.rows] == [False, False]
    assert found.may_be_larger
    assert found.nearest == Missing(cost=70_000), "alone it would be EUR 1,200"
    await towns.pledge(towns.third, offer, least_members=1, settings=TOLK)
    found = await shown()
    assert [row.holds for row in found.rows] == [True, True, True]
    assert found.nearest is None


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({}, "members"),
        ({"least_members": 0}, "members"),
        ({"least_inhabitants": 10**9}, "inhabitants"),
        ({"most_cost": -1}, "cost"),
        ({"least_members": 2, "expires_on": date(2026, 10, 31)}, "expires_on"),
        ({"least_members": 2, "expires_on": date(2036, 10, 31)}, "expires_on"),
    ],
)
async def test_a_wrong_condition_is_named(towns, options, field):
    with pytest.raises(InvalidInputError) as refused:
        await towns.pledge(towns.first, **options)
    assert refused.value.field == field


async def test_whoever_cannot_switch_on_cannot_pledge(
    host, towns, make_offer, activate, caller_for
):
    await towns.pledge(towns.first, least_members=2)
    with pytest.raises(ConflictError, match="already"):
        await towns.pledge(towns.first, least_members=3)
    await activate(towns.second.id, towns.offer)
    with pytest.raises(ConflictError, match="already"):
        await towns.pledge(towns.second, least_members=3)
    asking = await make_offer(towns.consortium.id, "peal")
    with pytest.raises(ConsentNeededError):
        await towns.pledge(towns.first, asking, least_members=2)
    approving = await make_offer(towns.consortium.id, "tolk", needs_approval=True)
    with pytest.raises(ConflictError, match="approves"):
        await towns.pledge(towns.first, approving, least_members=2)
    async with host.unit_of_work(await caller_for(towns.consortium.lead_officer)) as uow:
        with pytest.raises(ForbiddenError):
            await service.make(
                uow,
                host,
                offer_id=towns.offer.id,
                member_id=towns.third.id,
                terms=Terms(2),
                expires_on=LAST_DAY,
            )


async def test_consent_is_recorded_as_of_who_pledged(host, towns, make_offer, move_clock):
    offer = await make_offer(towns.consortium.id, "peal")
    asked = [grant.key for grant in host.registry.asked_by("peal")]
    await towns.pledge(towns.first, offer, least_members=1, accepts=asked)
    await towns.review()
    move_clock(NOVEMBER)
    await towns.review()
    async with host.unit_of_work(read_only=True) as uow:
        granted = await gate.granted(uow.session, host.registry, "peal", towns.first.id)
    assert set(PEALS) <= set(granted)


async def test_the_same_by_graphql_and_on_the_page(host, app, towns, visit, make_user):
    officer = await visit(towns.consortium.lead_officer)
    offer = str(global_id("Offer", towns.offer.id))
    values = {
        "o": offer,
        "m": str(global_id("Organization", towns.first.id)),
        "t": {"members": 3, "cost": 90_000},
        "e": "2026-12-31",
    }
    answer = (await officer.graphql(MAKE, **values))["data"]["makePledge"]
    assert answer["userErrors"] == []
    assert answer["pledge"]["mostYearlyCost"]["amount"] == 90_000
    shown = (await officer.graphql(BOARD, o=offer))["data"]["pledges"]
    assert (shown["startsOn"], shown["members"], shown["mayBeLarger"]) == ("2026-11-01", 1, True)
    [row] = shown["pledges"]
    assert row["missing"]["members"] == 2

    page = await officer.get(f"/office/offers/{towns.offer.id}/pledges?lang=en")
    assert "at least 3 members" in page.text
    assert "at most €900.00 a year for itself" in page.text
    assert "2 members" in page.text
    for path in (f"/office/offers/{towns.offer.id}/activate", "/office/offers"):
        reader = officer if path.endswith("activate") else await visit(towns.consortium.officer)
        shown = (await reader.get(f"{path}?lang=en")).text
        assert "Still missing for the next pledge: 2 members" in shown, path
    withdrawn = await officer.post(f"/office/pledges/{(await _own(host, towns)).id}/withdraw")
    assert withdrawn.status_code == 303
    form = {"inhabitants": "100", "expires_on": "2026-12-31", "bell.strokes": "3"}
    made = await officer.post(f"/office/offers/{towns.offer.id}/pledges", form)
    assert made.status_code == 303
    refused = await officer.post(f"/office/offers/{towns.offer.id}/pledges", form)
    assert refused.status_code == 400
    assert (await _own(host, towns)).least_inhabitants == 100
    stranger = await visit(await make_user())
    assert (await stranger.graphql(BOARD, o=offer)).get("errors")


async def _own(host, towns):
    async with host.unit_of_work(Caller.program([towns.first.id])) as uow:
        return await repository.own(uow.session, towns.first.id, towns.offer.id)


async def test_a_board_takes_as_many_statements_for_three_pledges_as_for_one(host, towns):
    async def statements():
        async with host.unit_of_work(Caller.program(governs=[towns.consortium.id])) as uow:
            with counting(host) as seen:
                await board.standing(uow, host, towns.offer, date(2026, 11, 1))
        return len(seen)

    await towns.pledge(towns.first, least_members=4)
    alone = await statements()
    await towns.pledge(towns.second, most_cost=50_000)
    await towns.pledge(towns.third, least_inhabitants=10)
    assert await statements() == alone
