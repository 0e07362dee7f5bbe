"""Figures of the indices that prices follow, entered once for all offers that follow one.

A figure lies in each price plan that uses it, so that a plan and a settlement's file say by
themselves what a month costs. Entered here it goes into every offer of the consortium that follows
the index, as a version of the price from the month that it changes, told to the members.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import current_locale
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.costs.charges import round_half_up
from arengo_marketplace.costs.indexing import Figure, IndexLink
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.offers import prices, repository
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.offers.prices import PriceChange
from arengo_marketplace.offers.terms import check_plan
from arengo_marketplace.permissions import OFFERS

TEXT_LIMIT = 200
_LARGEST, _PLACES = 10**6, 4
PUBLISHED_WITHIN = timedelta(days=20)
"""How long after a month's end its figure is expected."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure that is not known: of which month, and from which month prices in force use it."""

    month: date
    used_from: date

    @property
    def overdue(self) -> bool:
        """Whether it should be published by now."""
        return Period.months_from(self.month, 1).end + PUBLISHED_WITHIN <= clock.today()


@dataclass(frozen=True, slots=True)
class Index:
    """An index that prices of a consortium follow."""

    name: str
    offers: tuple[Offer, ...]
    figures: tuple[Figure, ...]
    wanted: tuple[Wanted, ...]

    @property
    def overdue(self) -> list[Wanted]:
        """The figures that should be published by now."""
        return [one for one in self.wanted if one.overdue]


async def indices(uow: UnitOfWork, consortium_id: UUID) -> list[Index]:
    """The indices that prices in force or to come follow, by name; for the consortium's office."""
    uow.caller.require(consortium_id, OFFERS)
    found: dict[str, list[tuple[Offer, _Followed]]] = {}
    for offer in await _priced(uow, consortium_id):
        for one in _followed(offer):
            found.setdefault(_same(one.link.name), []).append((offer, one))
    made = [
        _index(list({offer.id: offer for offer, _ in rows}.values()), [one for _, one in rows])
        for rows in found.values()
    ]
    return sorted(made, key=lambda one: one.name.casefold())


async def enter(
    uow: UnitOfWork,
    host: Host,
    *,
    consortium_id: UUID,
    name: str,
    month: Period,
    value: Decimal,
    source: str,
    published_on: date,
    dry_run: bool = False,
) -> list[PriceChange]:
    """Put a figure into the price of every offer that follows the index, and tell the members.

    Each offer's price changes from the month from which its contract uses the figure, or from the
    next month where that one has begun. Members whose year costs the same are not written to.
    Officers of the consortium may. InvalidInputError for a figure that no price uses.
    """
    uow.caller.require(consortium_id, OFFERS)
    await uow.widen([consortium_id])
    following = [
        offer
        for offer in await _priced(uow, consortium_id)
        if any(_same(link.name) == _same(name) for link in _links(offer))
    ]
    if not following:
        raise InvalidInputError("No price follows this index.", field="index")
    if published_on > clock.today():
        raise InvalidInputError("It is published today or was before.", field="published_on")
    if (
        not value.is_finite()
        or not 0 < value < _LARGEST
        or -int(value.as_tuple().exponent) > _PLACES
    ):
        raise InvalidInputError(
            "An index is more than 0 and has {places} decimals at most.",
            field="value",
            places=_PLACES,
        )
    if month.end - timedelta(days=1) > published_on:
        raise InvalidInputError(
            "{month} was not over on the day of publication: choose the month of the figure.",
            field="month",
            month=month.label(current_locale()),
        )
    if not source.strip():
        raise InvalidInputError("Say who published it.", field="source")
    document = {
        "month": f"{month.start:%Y-%m}",
        "value": f"{value:f}",
        "source": source.strip()[:TEXT_LIMIT],
        "published_on": published_on.isoformat(),
    }
    made: list[PriceChange] = []
    for offer in following:
        change = await _entered(uow, host, offer, name, document, dry_run=dry_run)
        if change is not None:
            made.append(change)
    if not made:
        raise InvalidInputError(
            "No price uses this figure, or it is known already. Prices use those of {months}.",
            field="month",
            months=", ".join(_used_months(following, name)),
        )
    return made


async def _entered(
    uow: UnitOfWork,
    host: Host,
    offer: Offer,
    name: str,
    document: dict[str, str],
    *,
    dry_run: bool,
) -> PriceChange | None:
    month = date.fromisoformat(f"{document['month']}-01")
    before = prices.plans_of(offer)
    first = min(
        (
            max(used, day, prices.next_month().start)
            for day, plan in before.items()
            if (used := _used_from(plan, name, month))
            and prices.valid_on(before, max(used, day, prices.next_month().start)) is plan
        ),
        default=None,
    )
    if first is None:
        return None
    changed = {
        day: _with_figure(plan, document)
        for day, plan in {**before, first: prices.valid_on(before, first)}.items()
        if day >= first and _used_from(plan, name, month)
    }
    after = {**before, **changed}
    if all(prices.valid_on(before, day) == plan for day, plan in after.items()):
        return None
    note = f"{name} {document['month']}: {document['value']} ({document['source']})"
    effect = await prices.between(uow, host, offer, first, before, after, note)
    if dry_run:
        return effect
    notes = {one["valid_from"]: one["note"] for one in offer.prices}
    offer.prices = [
        {
            "valid_from": day.isoformat(),
            "plan": plan.to_json(),
            "note": notes.get(day.isoformat(), note),
        }
        for day, plan in sorted(after.items())
    ]
    await uow.session.flush()
    uow.audit(
        offer.organization_id,
        "offer.index_figure_entered",
        "Offer",
        offer.id,
        valid_from=first,
        index=name,
        **document,
    )
    old, new = (prices.valid_on(plans, first).index for plans in (before, after))
    assert old is not None
    assert new is not None
    told = {
        "name": new.name,
        "month": month.isoformat(),
        "value": document["value"],
        "per_cent": _per_cent(new.factor(first) / old.factor(first) - 1),
    }
    prices.tell(uow, replace(effect, note=""), index=told)
    return effect


def _with_figure(plan: PricePlan, document: dict[str, str]) -> PricePlan:
    """A plan with the figure; read as any plan, so that what is wrong in it is refused."""
    assert plan.index is not None
    read = plan.to_json()
    index = plan.index.to_json()
    others = [one for one in index["figures"] if one["month"] != document["month"]]
    read["index"] = {**index, "figures": [*others, document]}
    return check_plan(read, "value")


def _used_from(plan: PricePlan, name: str, month: date) -> date | None:
    """From which month a plan's prices use the figure of a month; None where they do not."""
    link = plan.index
    if link is None or _same(link.name) != _same(name):
        return None
    if month.month != link.base.month or month <= link.base:
        return None
    return link.first.replace(year=link.first.year + month.year - link.base.year)


@dataclass(frozen=True, slots=True)
class _Followed:
    """A link of a price, with the first and the last month in which that price is valid."""

    link: IndexLink
    first: date
    last: date | None


def _followed(offer: Offer) -> Iterable[_Followed]:
    """The links of the price in force and of those to come, the latest last."""
    versions = sorted(prices.plans_of(offer).items())
    ends = [day for day, _ in versions[1:]]
    for (day, plan), end in zip_longest(versions, ends):
        if plan.index is not None and (end is None or end > clock.today()):
            last = Period.months_from(end, 1).previous().start if end else None
            yield _Followed(plan.index, day, last)


def _links(offer: Offer) -> Iterable[IndexLink]:
    return (one.link for one in _followed(offer))


def _index(offers: Sequence[Offer], found: Sequence[_Followed]) -> Index:
    figures = {figure.month: figure for one in found for figure in one.link.figures}
    year = Period.months_from(clock.today(), 13)
    wanted: dict[date, date] = {}
    for one in found:
        link, last = one.link, min(one.last or year.end, year.end.replace(day=1))
        if last < prices.next_month().start:
            continue
        for month in link.not_known(last):
            used = link.first.replace(year=link.first.year + month.year - link.base.year)
            if (day := max(used, one.first)) < wanted.get(month, year.end):
                wanted[month] = day
    return Index(
        found[0].link.name,
        tuple(offers),
        tuple(figures[month] for month in sorted(figures)),
        tuple(Wanted(month, day) for month, day in sorted(wanted.items())),
    )


async def _priced(uow: UnitOfWork, consortium_id: UUID) -> list[Offer]:
    """Offers that follow an index: those put up, and those withdrawn that members still have."""
    rows = await repository.of_consortium(uow.session, consortium_id, withdrawn=True)
    linked = [row for row in rows if any(_links(row))]
    if all(row.published for row in linked):
        return linked
    async with uow.widened(governs=[consortium_id]):
        running = await activations.of_consortium(uow.session, consortium_id, ["active"])
    used = {one.offer_id for one in running}
    return [row for row in linked if row.published or row.id in used]


def _used_months(offers: Iterable[Offer], name: str) -> list[str]:
    """The months of a year whose figures prices use, in words, each with its next year."""
    bases = {
        link.base.replace(year=clock.today().year)
        for offer in offers
        for link in _links(offer)
        if _same(link.name) == _same(name)
    }
    return [Period.months_from(day, 1).label(current_locale()) for day in sorted(bases)]


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def _per_cent(change: Fraction) -> str:
    return str(round_half_up(change * 100_000) / 1000)
