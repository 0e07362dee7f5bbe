"""Judging the rule of an offer by what its books expect of the year ahead.

Few members are judged while whoever asks waits; for more the report is asked for, worked out as a
task, and kept until the figures that it rests on are others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.what_if import OfferYear
from arengo_marketplace.fairness import keeping, repository
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.terms import allocation_keys, check_rule, refused
from arengo_marketplace.whatif.service import read, require_inside

if TYPE_CHECKING:
    from arengo_marketplace.costs.fairness import Fairness, Line

AT_ONCE = 14
"""So many members are judged at once: every group is looked at in a fraction of a second."""
SECONDS = 30.0
"""How long groups of more than 20 members are looked for; half of it for the rule itself."""
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A rule to judge, the year that it divides, and the digest of both."""

    offer: Offer
    period: Period
    year: OfferYear
    rule: CostRule
    keys: KeyRegistry
    digest: str
    asked_by: UUID
    """The organization for which it is asked."""

    @property
    def is_quick(self) -> bool:
        """Whether it is answered while whoever asks waits."""
        return len(self.year.members) <= AT_ONCE

    def reckon(self, told: Callable[[int, int], None] | None = None) -> Fairness:
        """The answer; takes its time. InvalidInputError where there is nothing to divide, or a
        figure lacks.
        """
        # What games need takes most of a second to load.
        from arengo_marketplace.costs.fairness import fairness, untold

        try:
            return fairness(case_of(self.year, self.rule, self.keys), SECONDS, told or untold)
        except CostError as error:
            raise refused(error, "rule") from None

    def report(self, figures: Fairness, reckoned_at: datetime | None = None) -> Report:
        """The answer with the names that it is read by."""
        currency = self.year.scenario.plan.currency
        bearers = {one.rule_id: one for one in self.year.members}
        return Report(self.offer, self.period, self.rule, currency, bearers, figures, reckoned_at)


@dataclass(frozen=True, slots=True)
class Report:
    """A rule judged over the year ahead; ``bearers`` by what rules and games call them.

    ``reckoned_at`` is None where it was reckoned just now.
    """

    offer: Offer
    period: Period
    rule: CostRule
    currency: str
    bearers: Mapping[str, Bearer]
    figures: Fairness
    reckoned_at: datetime | None = None

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


async def question(uow: UnitOfWork, host: Host, *, offer_id: UUID, rule: object = None) -> Question:
    """The year ahead of an offer under its rule, or under another one given as JSON.

    For the consortium's office and its members. InvalidInputError where the rule cannot be read.
    """
    offer = await offers.offer_of(uow, offer_id)
    asked_by = await require_inside(uow, offer.organization_id)
    books = await read(uow, host, offer.organization_id)
    year = next((one for one in books.years if one.id == offer.id), None)
    if year is None:
        raise NotFoundError("There is no such offer.")
    chosen = year.scenario.rule_in(books.period.start)
    if rule:
        chosen = check_rule(rule, host.registry, "rule")
    keys = allocation_keys(host.registry, host.guard)
    digest = keeping.digest_of(year, chosen, SECONDS)
    return Question(offer, books.period, year, chosen, keys, digest, asked_by)


async def answer(uow: UnitOfWork, asked: Question) -> Report | None:
    """The report: at once where there are few members, else the one kept; None where it is to be
    worked out first. Raises what ``reckon`` raises.
    """
    if asked.is_quick:
        return asked.report(await asyncio.to_thread(asked.reckon))
    offer = asked.offer
    async with uow.widened([offer.organization_id]):
        kept = await repository.find(uow.session, offer.organization_id, offer.id, asked.digest)
    if kept is None:
        return None
    return asked.report(keeping.from_json(kept.figures, asked.keys), kept.created_at)


async def keep(uow: UnitOfWork, asked: Question, figures: Fairness) -> None:
    """Keep an answer for whoever asks the same."""
    offer = asked.offer
    await uow.widen([offer.organization_id])
    await repository.keep(
        uow.session,
        offer.organization_id,
        offer.id,
        asked.digest,
        keeping.to_json(figures),
        _KEPT,
    )
