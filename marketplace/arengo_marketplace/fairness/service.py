"""Judging the rule of an offer by what its books expect of the year ahead; reads only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING
from uuid import UUID

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.charges import round_half_up
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.fairness_year import case_of
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, check_rule, refused
from arengo_marketplace.whatif.service import read, require_inside

if TYPE_CHECKING:
    from arengo_marketplace.costs.fairness import Fairness, Line

SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Report:
    """A rule judged over the year ahead; ``bearers`` by what rules and games call them."""

    offer: Offer
    period: Period
    rule: CostRule
    currency: str
    bearers: Mapping[str, Bearer]
    figures: Fairness

    def money(self, amount: Fraction | int) -> Money:
        """An amount to the nearest cent."""
        return Money(round_half_up(Fraction(amount)), self.currency)

    def name(self, member: str) -> str:
        """What people call a member."""
        return self.bearers[member].name

    @property
    def largest_first(self) -> list[Line]:
        """The members, those first who pay most for others or are paid for most."""
        return sorted(
            self.figures.lines, key=lambda line: (-abs(line.subsidy), self.name(line.member))
        )


async def judge(uow: UnitOfWork, host: Host, *, offer_id: UUID, rule: object = None) -> Report:
    """The year ahead of an offer under its rule, or under another one given as JSON.

    For the consortium's office and its members. Beyond 20 members groups are looked for during
    ``SECONDS``. InvalidInputError where there is nothing to divide, or a figure lacks.
    """
    offer = await offers.offer_of(uow, offer_id)
    await require_inside(uow, offer.organization_id)
    books = await read(uow, host, offer.organization_id)
    year = next((one for one in books.years if one.id == offer.id), None)
    if year is None:
        raise NotFoundError("There is no such offer.")
    chosen = year.scenario.rule_in(books.period.start)
    if rule:
        chosen = check_rule(rule, host.registry, "rule")
    keys = allocation_keys(host.registry)

    def judged() -> Fairness:
        # What games need takes most of a second to load.
        from arengo_marketplace.costs.fairness import fairness

        return fairness(case_of(year, chosen, keys), SECONDS)

    try:
        figures = await asyncio.to_thread(judged)
    except CostError as error:
        raise refused(error, "rule") from None
    return Report(
        offer,
        books.period,
        chosen,
        year.scenario.plan.currency,
        {one.rule_id: one for one in year.members},
        figures,
    )
