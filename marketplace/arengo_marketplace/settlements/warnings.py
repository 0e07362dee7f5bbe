"""What somebody who closes a month had better look at first, each with what caused it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from arengo_core.i18n import N_
from arengo_marketplace.costs.period import Period
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.settlements.assembly import Draft, OfferBook
from arengo_marketplace.settlements.comparison import Comparison

CHANGE = 25
"""Per cent by which a share may differ from the month before without a warning."""
OLD_AFTER = 5
"""Years after which a number of inhabitants is old."""


class WarningKind(StrEnum):
    """What a warning is about."""

    SHARE_CHANGED = "share_changed"
    METER_SILENT = "meter_silent"
    LATE_RECORDS = "late_records"
    NO_EVIDENCE = "no_evidence"
    EMPTY_POOL = "empty_pool"
    OLD_POPULATION = "old_population"
    JOINED = "joined"
    LEFT = "left"
    LIMIT_BINDS = "limit_binds"
    GRANT_USED_UP = "grant_used_up"
    PRICE_CHANGED = "price_changed"
    RULE_CHANGED = "rule_changed"


WORDS = {
    WarningKind.SHARE_CHANGED: N_("Shares that changed by more than {per_cent} %"),
    WarningKind.METER_SILENT: N_("Meters without a report, which had some the month before"),
    WarningKind.LATE_RECORDS: N_("Late usage of months settled before, which counts now"),
    WarningKind.NO_EVIDENCE: N_("Costs without a document or evidence"),
    WarningKind.EMPTY_POOL: N_("Services that members use, without costs"),
    WarningKind.OLD_POPULATION: N_("Numbers of inhabitants older than {years} years"),
    WarningKind.JOINED: N_("Members that joined since the last month closed"),
    WarningKind.LEFT: N_("Members that left since the last month closed"),
    WarningKind.LIMIT_BINDS: N_("Shares that a cap or a floor changed"),
    WarningKind.GRANT_USED_UP: N_("Grants that are used up"),
    WarningKind.PRICE_CHANGED: N_("Services with another price plan"),
    WarningKind.RULE_CHANGED: N_("Services divided by another rule"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What a warning comes from and where to see it; its amount in minor units, or its units."""

    label: str
    url: str
    amount: int | None = None
    units: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClosingWarning:
    """One thing to look at; ``causes`` are never empty."""

    kind: WarningKind
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What else was read of the month: meters by title with their units now and the month before,
    late units by meter, and members' dates of their inhabitants."""

    meters: Sequence[tuple[str, Decimal, Decimal]]
    late: Sequence[tuple[str, Decimal]]
    populations: Sequence[tuple[UUID, str, date]]


def warnings_of(
    draft: Draft, comparison: Comparison | None, seen: Seen, change: int = CHANGE
) -> list[ClosingWarning]:
    """The warnings of a month that is to be closed, by kind; ``change`` is in per cent.

    What is said of the month before needs a ``comparison``: the first month has none.
    """
    month = f"{draft.period.start:%Y-%m}"
    found: dict[WarningKind, Iterable[Cause]] = {
        WarningKind.METER_SILENT: (
            Cause(title, f"/office/usage?month={month}", units=before)
            for title, now, before in seen.meters
            if before and not now
        ),
        WarningKind.LATE_RECORDS: (
            Cause(title, f"/office/usage/batches?month={month}", units=units)
            for title, units in seen.late
        ),
        WarningKind.NO_EVIDENCE: _unproved(draft),
        WarningKind.EMPTY_POOL: (
            Cause(book.title, f"/office/costs?month={month}")
            for book in draft.books
            if not book.recorded.lines
        ),
        WarningKind.OLD_POPULATION: (
            Cause(f"{name} ({day.year})", f"/office/members/{member}")
            for member, name, day in seen.populations
            if day < _years_before(draft.period)
        ),
        WarningKind.LIMIT_BINDS: _limited(draft),
        WarningKind.GRANT_USED_UP: _used_up(draft),
    }
    if comparison is not None:
        found |= _since(draft, comparison, change)
    return [
        ClosingWarning(kind, causes)
        for kind in WarningKind
        if (causes := tuple(found.get(kind, ())))
    ]


def _years_before(period: Period) -> date:
    return period.start.replace(year=period.start.year - OLD_AFTER)


def _unproved(draft: Draft) -> Iterator[Cause]:
    for book in draft.books:
        for line in book.lines:
            plain = line.document_number or line.evidence_digest
            if LineKind(line.kind).is_cost and not (plain or line.from_plan):
                label = f"{book.title}: {line.description}"
                yield Cause(label, f"/office/costs/lines/{line.id}", line.amount)


def _limited(draft: Draft) -> Iterator[Cause]:
    for book in draft.books:
        for share in book.allocation.shares if book.allocation else ():
            changed = sum(one.amount.amount for one in share.adjustments if one.reason == "limit")
            if changed:
                label = f"{share.bearer.name}: {book.title}"
                yield Cause(label, f"/office/offers/{book.offer.id}/rules", changed)


def _used_up(draft: Draft) -> Iterator[Cause]:
    covered: dict[UUID, int] = {}
    for book in draft.books:
        for one in book.covered:
            covered[one.grant.id] = covered.get(one.grant.id, 0) + one.amount
    for purse in draft.purses:
        if purse.left <= covered.get(purse.grant.id, 0):
            yield Cause(
                purse.grant.title,
                f"/office/funding/{purse.grant.id}",
                covered.get(purse.grant.id, 0),
            )


def _since(draft: Draft, comparison: Comparison, change: int) -> dict[WarningKind, Iterable[Cause]]:
    compared, names, last = comparison.compared, comparison.names, comparison.last
    month = f"{draft.period.start:%Y-%m}"
    changed: list[Cause] = []
    joined: list[Cause] = []
    left: list[Cause] = []
    by_name = sorted(compared.members.items(), key=lambda one: (names.get(one[0], ""), one[0]))
    for member, one in by_name:
        cause = Cause(
            names.get(member, "—"),
            f"/office/settlements/preview?month={month}&member={member}#member",
            one.whole.amount,
        )
        if one.whole.before is None:
            joined.append(cause)
        elif one.whole.now is None:
            left.append(cause)
        elif abs(one.whole.amount) * 100 > change * abs(one.whole.before):
            changed.append(cause)
    books = [book for book in draft.books if book.lines]
    return {
        WarningKind.SHARE_CHANGED: changed,
        WarningKind.JOINED: joined,
        WarningKind.LEFT: left,
        WarningKind.PRICE_CHANGED: [
            Cause(book.title, f"/office/offers/{book.offer.id}/prices")
            for book in books
            if book.offer.plan_at(last.starts_on) != book.offer.plan_at(draft.period.start)
        ],
        WarningKind.RULE_CHANGED: [
            Cause(book.title, _rule_url(book, draft.period))
            for book in books
            if book.offer.rule_version_at(last.starts_on)
            is not book.offer.rule_version_at(draft.period.start)
        ],
    }


def _rule_url(book: OfferBook, period: Period) -> str:
    """The vote that passed the rule, or the rules of the offer where none did."""
    vote = book.offer.rule_version_at(period.start).vote_id
    return f"/office/votes/{vote}" if vote else f"/office/offers/{book.offer.id}/rules"
