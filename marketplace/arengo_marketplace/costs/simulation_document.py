"""A year of several services and what might change, as one JSON document, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from arengo_core.money import Money
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.document_parts import (
    amount_of,
    bearer_of,
    ids_of,
    plan_of,
    rule_of,
    shown,
    span_of,
)
from arengo_marketplace.costs.errors import N_, CostError
from arengo_marketplace.costs.forecast import Scenario
from arengo_marketplace.costs.grants import CapPeriod, ExpectedGrant, Grant
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.what_if import (
    Change,
    ChangeKind,
    GrantsEnd,
    Joins,
    Leaves,
    MemberChange,
    OfferYear,
    OtherPlan,
    OtherRule,
    OtherUse,
    what_if,
)

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Simulation:
    """The services of a year, what changes, and the rules' keys; ``offers`` by the ids given."""

    offers: Mapping[str, OfferYear]
    changes: tuple[Change, ...]
    keys: KeyRegistry


def read_simulation(value: object, keys: KeyRegistry = BUILT_IN) -> Simulation:
    """Read ``{"period", "members", "offers", "changes"}``. Raises CostError.

    Members are ordered by their ids, as texts.
    """
    document = Document(value, "", CostError)
    currency = document.currency()
    period = _months(document)
    members = document.objects("members")
    texts = ids_of(members)
    numbers = {text: UUID(int=at) for at, text in enumerate(sorted(texts), 1)}
    known = {
        text: bearer_of(one, numbers[text], text, (None, None), period)
        for one, text in zip(members, texts, strict=True)
    }
    reading = _Reading(currency, period, known, keys)
    listed = document.objects("offers")
    offers = {
        text: reading.offer(one, UUID(int=at))
        for at, (one, text) in enumerate(zip(listed, ids_of(listed), strict=True), 1)
    }
    changes: tuple[Change, ...] = ()
    if document.has("changes"):
        changes = tuple(reading.change(one, offers) for one in document.objects("changes"))
    document.take("changes")
    document.done()
    return Simulation(offers, changes, keys)


def answer(simulation: Simulation) -> dict[str, object]:
    """The period with and without the changes, in all, by offer and by member.

    Raises what ``what_if`` raises.
    """
    found = what_if(list(simulation.offers.values()), simulation.changes, simulation.keys)
    names = {year.id: text for text, year in simulation.offers.items()}
    return {
        "currency": found.currency,
        **_both(found.today, found.afterwards),
        "offers": {names[one.offer]: _both(one.today, one.afterwards) for one in found.offers},
        "members": {one.bearer.code: _member(one, names) for one in found.members},
    }


def _both(today: Money, afterwards: Money) -> dict[str, object]:
    return {
        "today": shown(today),
        "afterwards": shown(afterwards),
        "difference": shown(afterwards - today),
    }


def _member(one: MemberChange, names: Mapping[UUID, str]) -> dict[str, object]:
    today, afterwards = one.per_inhabitant_today, one.per_inhabitant_afterwards
    return {
        **_both(one.today, one.afterwards),
        "per_inhabitant": None if today is None or afterwards is None else _both(today, afterwards),
        "offers": {names[part.offer]: _both(part.today, part.afterwards) for part in one.offers},
    }


def _months(document: Document) -> Period:
    inner = document.inner("period")
    begin, end = inner.day("from"), inner.day("to")
    inner.done()
    try:
        period = Period(begin, end)
    except CostError as error:
        raise inner.fail("to", error.fault, error.mend, **error.values) from None
    if not period.is_months or period.month_count > _LONGEST:
        raise inner.fail(
            "to",
            N_("{begin} to {end} are not 1 to {limit} whole months"),
            N_('Begin and end on the first of a month; "to" is the first day after'),
            begin=begin,
            end=end,
            limit=_LONGEST,
        )
    return period


@dataclass(frozen=True, slots=True)
class _Reading:
    currency: str
    period: Period
    members: Mapping[str, Bearer]
    keys: KeyRegistry
    grants: dict[UUID, list[str]] = field(default_factory=dict[UUID, list[str]])
    """The titles of each offer's grants."""

    def offer(self, document: Document, identifier: UUID) -> OfferYear:
        """An offer; all members have it all the time where it names none."""
        document.take("id")
        plan = plan_of(document)
        if plan.currency != self.currency:
            raise document.fail(
                "plan.currency",
                N_("this plan is in {other}, and the document in {currency}"),
                N_("Give all amounts in one currency"),
                other=plan.currency,
                currency=self.currency,
            )
        taking = [self.taking(one, identifier) for one in self._listed(document)]
        usage: dict[str, dict[UUID, Decimal]] = {}
        for one in taking:
            for meter, units in one.usage.items():
                usage.setdefault(meter, {})[one.bearer.organization_id] = units
        scenario = Scenario(
            plan=plan,
            rule=rule_of(document, self.keys),
            period=self.period,
            monthly_usage=usage,
            monthly_fees={one.bearer.organization_id: one.fees for one in taking if one.fees},
            grants=self._grants(document, identifier),
        )
        document.done()
        bearers = tuple(one.bearer for one in taking) or tuple(self.members.values())
        return OfferYear(identifier, scenario, bearers)

    def taking(self, document: Document, offer: UUID) -> Joins:
        """A member with its days, its use a month and the fees expected of it a month."""
        bearer = self.member(document, "id")
        begin, end = span_of(document)
        if begin or end:
            first, last = begin or self.period.start, end or self.period.end
            active = (Period(first, last),) if first < last else ()
            bearer = replace(bearer, active=active)
        usage = document.decimals("usage") if document.has("usage") else {}
        fees = amount_of(document, "fees", self.currency) if document.has("fees") else None
        for name in ("usage", "fees"):
            document.take(name)
        document.done()
        return Joins(offer, bearer, usage, fees)

    def change(self, document: Document, offers: Mapping[str, OfferYear]) -> Change:
        """A change, in the words of ``ChangeKind``."""
        kind = ChangeKind(document.choice("kind", list(ChangeKind)))
        offer = None
        if document.has("offer"):
            offer = offers[document.choice("offer", list(offers))].id
        document.take("offer")
        made = self._change(document, kind, offer)
        document.done()
        if isinstance(made, OtherUse):
            _check_meter(document, made.meter, offers)
        return made

    def _change(self, document: Document, kind: ChangeKind, offer: UUID | None) -> Change:
        match kind:
            case ChangeKind.LEAVES:
                member = self.member(document, "member").organization_id
                return Leaves(member, self._on(document), offer)
            case ChangeKind.GRANTS:
                return GrantsEnd(self._on(document), offer, self._ending(document, offer))
            case ChangeKind.USE:
                member = None
                if document.has("member"):
                    member = self.member(document, "member").organization_id
                document.take("member")
                factor = document.decimal("factor", places=4, below=1000, example="1.5")
                return OtherUse(document.text("meter"), factor, member=member, offer=offer)
            case ChangeKind.JOINS:
                return self.taking(document.inner("member"), _named(document, offer))
            case ChangeKind.RULE:
                return OtherRule(_named(document, offer), rule_of(document, self.keys))
            case ChangeKind.PLAN:
                return OtherPlan(_named(document, offer), plan_of(document))

    def member(self, document: Document, name: str) -> Bearer:
        """One of the document's members, named by a field."""
        value = document.take(name)
        found = self.members.get(str(value))
        if found is None:
            raise document.unfit(
                name,
                value,
                N_("there is no member {member}"),
                N_('Name one of "members"'),
                member=written(value),
            )
        return found

    def _on(self, document: Document) -> date:
        if not document.has("on"):
            document.take("on")
            return self.period.start
        day = document.day("on")
        if not self.period.start <= day < self.period.end:
            raise document.fail(
                "on",
                N_("{day} is not in the period"),
                N_("Choose a day from {begin} on, and before {end}"),
                day=day,
                begin=self.period.start,
                end=self.period.end,
            )
        return day

    def _listed(self, document: Document) -> list[Document]:
        if document.has("members"):
            listed = document.objects("members")
            ids_of(listed)
            return listed
        document.take("members")
        return []

    def _grants(self, document: Document, offer: UUID) -> tuple[ExpectedGrant, ...]:
        listed = document.objects("grants") if document.has("grants") else []
        document.take("grants")
        found = [
            _grant(one, place, self.currency, self.period) for place, one in enumerate(listed, 1)
        ]
        titles = self.grants[offer] = [one.title for one in found]
        for title in titles:
            if titles.count(title) > 1:
                raise document.fail(
                    "grants",
                    N_("there are two grants {title}"),
                    N_("Give each another title"),
                    title=written(title),
                )
        return tuple(ExpectedGrant(one, {}) for one in found)

    def _ending(self, document: Document, offer: UUID | None) -> UUID | None:
        """The grant that a change names by its title, of the offer or of any."""
        if not document.has("grant"):
            document.take("grant")
            return None
        title = document.text("grant")
        known = {one for of, titles in self.grants.items() if offer in (None, of) for one in titles}
        if title not in known:
            raise document.fail(
                "grant",
                N_("there is no grant {title}"),
                N_('Name one of "grants" by its title'),
                title=written(title),
            )
        return _id_of(title)


def _named(document: Document, offer: UUID | None) -> UUID:
    if offer is None:
        raise document.fail("offer", N_("no offer is named"), N_('Name one of "offers" by its id'))
    return offer


def _check_meter(document: Document, meter: str, offers: Mapping[str, OfferYear]) -> None:
    """Refuse a meter of which no member has use, in any offer."""
    known = {name for year in offers.values() for name in year.scenario.monthly_usage}
    if meter not in known:
        raise document.fail(
            "meter",
            N_("no member uses {meter}"),
            N_("Use one of: {known}"),
            meter=written(meter),
            known=", ".join(sorted(known)) or "—",
        )


def _id_of(title: str) -> UUID:
    """A grant that covers several offers has the same title in each."""
    return uuid5(NAMESPACE_OID, title)


def _grant(document: Document, place: int, currency: str, period: Period) -> Grant:
    begin, end = span_of(document)
    period_cap = None
    if document.has("period_cap"):
        period_cap = amount_of(document, "period_cap", currency).amount
    kinds = document.texts("kinds") if document.has("kinds") else []
    for name in ("period_cap", "kinds"):
        document.take(name)
    title = document.text("title", str(place))
    grant = Grant(
        id=_id_of(title),
        title=title,
        place=place,
        rate=_per_cent(document, "rate", 100),
        window=Period(begin or period.start, end or period.end),
        cap=amount_of(document, "cap", currency).amount,
        period_cap=period_cap,
        per=CapPeriod(document.choice("per", list(CapPeriod), CapPeriod.YEAR)),
        co_financing=_per_cent(document, "co_financing", 0),
        kinds=frozenset(_kind(document, kind) for kind in kinds),
    )
    document.done()
    return grant


def _per_cent(document: Document, name: str, default: int) -> Decimal:
    if document.has(name):
        return document.decimal(name, places=4, below=100, example="80")
    document.take(name)
    return Decimal(default)


def _kind(document: Document, kind: str) -> CostKind:
    try:
        return CostKind(kind)
    except ValueError:
        raise document.fail(
            "kinds",
            N_("{value} is not known"),
            N_("Use one of: {options}"),
            value=written(kind),
            options=", ".join(CostKind),
        ) from None
