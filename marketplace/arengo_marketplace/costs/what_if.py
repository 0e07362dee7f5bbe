"""What the year ahead would cost every member of a consortium if something changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from arengo_core.money import Money
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.errors import N_, CostError
from arengo_marketplace.costs.forecast import Scenario
from arengo_marketplace.costs.grants import ExpectedGrant
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.quick_year import Year, year_of
from arengo_marketplace.costs.rule import CostRule


class ChangeKind(StrEnum):
    """What a change is about."""

    JOINS = "joins"
    LEAVES = "leaves"
    RULE = "rule"
    PLAN = "plan"
    GRANTS = "grants"
    USE = "use"


@dataclass(frozen=True, slots=True)
class OfferYear:
    """An offer with its terms, what is expected of the year, and those who bear its cost."""

    id: UUID
    scenario: Scenario
    members: tuple[Bearer, ...]


@dataclass(frozen=True, slots=True)
class Joins:
    """A member joins an offer, on the days that its bearer says, with its use a month.

    Where it bears the offer's cost already, these days and this use take the place of its own.
    """

    offer: UUID
    bearer: Bearer
    usage: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    fees: Money | None = None

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year with it."""
        own = self.bearer.organization_id
        others = tuple(one for one in year.members if one.organization_id != own)
        usage = {meter: dict(read) for meter, read in year.scenario.monthly_usage.items()}
        for meter in {*usage, *self.usage}:
            usage.setdefault(meter, {})[own] = self.usage.get(meter, Decimal())
        fees = {member: fee for member, fee in year.scenario.monthly_fees.items() if member != own}
        if self.fees is not None:
            fees[own] = self.fees
        scenario = replace(year.scenario, monthly_usage=usage, monthly_fees=fees)
        return replace(year, members=(*others, self.bearer), scenario=scenario)


@dataclass(frozen=True, slots=True)
class Leaves:
    """A member has an offer no more from a day on; every offer where none is named."""

    member: UUID
    on: date
    offer: UUID | None = None

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year without it."""
        if all(one.organization_id != self.member for one in year.members):
            return year
        kept: list[Bearer] = []
        for one in year.members:
            if one.organization_id != self.member:
                kept.append(one)
                continue
            spans = one.active if one.active is not None else (Period(date.min, date.max),)
            active = tuple(
                Period(span.start, min(span.end, self.on)) for span in spans if span.start < self.on
            )
            if any(span.overlap(year.scenario.period) for span in active):
                kept.append(replace(one, active=active))
        return replace(year, members=tuple(kept))


@dataclass(frozen=True, slots=True)
class OtherRule:
    """An offer's cost is divided by another rule."""

    offer: UUID
    rule: CostRule

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year by it."""
        return replace(year, scenario=replace(year.scenario, rule=self.rule, later_rules={}))


@dataclass(frozen=True, slots=True)
class OtherPlan:
    """An offer costs by another price plan."""

    offer: UUID
    plan: PricePlan

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year at these prices."""
        return replace(year, scenario=replace(year.scenario, plan=self.plan, later_plans={}))


@dataclass(frozen=True, slots=True)
class GrantsEnd:
    """A grant covers nothing more from a day on, all where none is named, of every offer or one."""

    on: date
    offer: UUID | None = None
    grant: UUID | None = None

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year without them."""
        kept: list[ExpectedGrant] = []
        for one in year.scenario.grants:
            window = one.grant.window
            if self.grant not in (None, one.grant.id):
                kept.append(one)
            elif window.start < self.on:
                shorter = Period(window.start, min(window.end, self.on))
                kept.append(replace(one, grant=replace(one.grant, window=shorter)))
        return replace(year, scenario=replace(year.scenario, grants=tuple(kept)))


@dataclass(frozen=True, slots=True)
class OtherUse:
    """The use of a meter is another: so many times as much, or so much a month of one member.

    A price tier is reached or missed by it. Without a member, all members' use changes. What users
    are expected to pay in fees stays as it is.
    """

    meter: str
    factor: Decimal | None = None
    quantity: Decimal | None = None
    member: UUID | None = None
    offer: UUID | None = None

    def applied(self, year: OfferYear) -> OfferYear:
        """The offer's year with this use."""
        read = year.scenario.monthly_usage.get(self.meter)
        if read is None:
            return year
        changed = dict(read)
        if self.quantity is not None and self.member is not None:
            if self.member in {one.organization_id for one in year.members}:
                changed[self.member] = self.quantity
        else:
            factor = Decimal(1) if self.factor is None else self.factor
            for member, units in read.items():
                if self.member in (None, member):
                    changed[member] = units * factor
        usage: Usage = {**year.scenario.monthly_usage, self.meter: changed}
        return replace(year, scenario=replace(year.scenario, monthly_usage=usage))


Change = Joins | Leaves | OtherRule | OtherPlan | GrantsEnd | OtherUse


@dataclass(frozen=True, slots=True)
class OfferChange:
    """What an offer's year costs together, today and afterwards."""

    offer: UUID
    today: Money
    afterwards: Money


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A member's year, today and afterwards: all offers together, and each that it bears."""

    bearer: Bearer
    today: Money
    afterwards: Money
    offers: tuple[OfferChange, ...]

    @property
    def difference(self) -> Money:
        """What the changes add (or spare, when negative)."""
        return self.afterwards - self.today

    @property
    def per_inhabitant_today(self) -> Money | None:
        """Today's year per inhabitant."""
        return per_inhabitant(self.today, self.bearer.population)

    @property
    def per_inhabitant_afterwards(self) -> Money | None:
        """The year per inhabitant afterwards."""
        return per_inhabitant(self.afterwards, self.bearer.population)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The effect of some changes on everybody, members in the order of their ids."""

    currency: str
    offers: tuple[OfferChange, ...]
    members: tuple[MemberChange, ...]

    @property
    def today(self) -> Money:
        """What all pay together as things are."""
        return Money(sum(one.today.amount for one in self.offers), self.currency)

    @property
    def afterwards(self) -> Money:
        """What all pay together afterwards."""
        return Money(sum(one.afterwards.amount for one in self.offers), self.currency)


def what_if(
    offers: Sequence[OfferYear], changes: Iterable[Change], keys: KeyRegistry = BUILT_IN
) -> WhatIf:
    """Compare the year of these offers as it is with the year after the changes, in their order.

    Nothing is written. Raises CostError where the offers are in several currencies or a change
    names an offer that is not among them, and what ``allocate`` and ``cost`` raise.
    """
    wanted = list(changes)
    currency = _currency(offers)
    _check(offers, wanted)
    before: list[tuple[OfferYear, Year]] = []
    after: list[tuple[OfferYear, Year]] = []
    for offer in offers:
        today = year_of(offer.scenario, offer.members, keys)
        changed = offer
        for change in wanted:
            if change.offer in (None, offer.id):
                changed = change.applied(changed)
        later = today
        if changed is not offer:
            later = year_of(changed.scenario, changed.members, keys)
        before.append((offer, today))
        after.append((changed, later))
    return _compared(currency, before, after)


def _currency(offers: Sequence[OfferYear]) -> str:
    currencies = sorted({offer.scenario.plan.currency for offer in offers})
    if len(currencies) > 1:
        raise CostError(
            "offers",
            N_("the offers are priced in {currencies}"),
            N_("Ask of the offers of one currency at a time"),
            currencies=", ".join(currencies),
        )
    return currencies[0] if currencies else "EUR"


def _check(offers: Sequence[OfferYear], changes: Sequence[Change]) -> None:
    known = {offer.id for offer in offers}
    for index, change in enumerate(changes):
        if change.offer is not None and change.offer not in known:
            raise CostError(
                f"changes[{index}].offer",
                N_("there is no offer {offer}"),
                N_("Name one of those that are compared"),
                offer=change.offer,
            )


def _compared(
    currency: str,
    before: Sequence[tuple[OfferYear, Year]],
    after: Sequence[tuple[OfferYear, Year]],
) -> WhatIf:
    bearers: dict[UUID, Bearer] = {}
    own: dict[UUID, list[OfferChange]] = {}
    offers: list[OfferChange] = []
    for (old, today), (new, later) in zip(before, after, strict=True):
        offers.append(OfferChange(old.id, Money(today.cost, currency), Money(later.cost, currency)))
        here = {one.organization_id: one for one in (*old.members, *new.members)}
        for member, bearer in here.items():
            bearers[member] = bearer
            own.setdefault(member, []).append(
                OfferChange(
                    old.id,
                    Money(today.shares.get(member, 0), currency),
                    Money(later.shares.get(member, 0), currency),
                )
            )
    members = tuple(
        MemberChange(
            bearers[member],
            Money(sum(one.today.amount for one in own[member]), currency),
            Money(sum(one.afterwards.amount for one in own[member]), currency),
            tuple(own[member]),
        )
        for member in sorted(bearers)
    )
    return WhatIf(currency, tuple(offers), members)
