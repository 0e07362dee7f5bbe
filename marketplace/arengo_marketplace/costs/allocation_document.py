"""A pool, its members and their rule as one JSON document, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, isfinite
from typing import TYPE_CHECKING
from uuid import UUID

from arengo_core.money import Money, exponent
from arengo_marketplace.costs.allocation import Allocation, Share, allocate
from arengo_marketplace.costs.bearer import Bearer, Usage
from arengo_marketplace.costs.built_in_keys import BUILT_IN, sampling_of
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
from arengo_marketplace.costs.keys import Background, KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.plan_inputs import PlanInputs
from arengo_marketplace.costs.pool import CostKind, CostLine, CostPool
from arengo_marketplace.costs.rule import CostRule

if TYPE_CHECKING:
    from arengo_marketplace.costs.games.solutions import Game

_UNDATED = Period.year(2000)


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be divided, by which rule, over whom."""

    pool: CostPool
    rule: CostRule
    bearers: tuple[Bearer, ...]
    usage: Usage
    background: Background
    keys: KeyRegistry

    def game(self) -> Game:
        """What any group of members would pay alone. CostError where the document does not say."""
        if self.background.game is None:
            raise CostError(
                "plan",
                N_("what each group of members would pay alone is not known"),
                N_("Give a price plan or a coalition table"),
            )
        return self.background.game


def read_question(value: object, keys: KeyRegistry = BUILT_IN) -> Question:
    """Read ``{"total", "currency", "members", "rule", ...}``. Raises CostError.

    Members are ordered by their ids, as texts.
    """
    document = Document(value, "", CostError)
    currency = document.currency()
    total = amount_of(document, "total", currency)
    members = document.objects("members")
    texts = ids_of(members)
    numbers = {text: UUID(int=at) for at, text in enumerate(sorted(set(texts)), 1)}
    spans = [span_of(one) for one in members]
    period = _period(document, spans)
    usage: dict[str, dict[UUID, Decimal]] = {}
    past: dict[UUID, int] = {}
    last_year: dict[UUID, int] = {}
    bearers: list[Bearer] = []
    for one, text, span in zip(members, texts, spans, strict=True):
        member = numbers[text]
        if one.has("usage"):
            for meter, units in one.decimals("usage").items():
                usage.setdefault(meter, {})[member] = units
        for name, found in (("past", past), ("last_year", last_year)):
            if one.has(name):
                found[member] = amount_of(one, name, currency).amount
        bearers.append(bearer_of(one, member, text, span, period))
    rule = rule_of(document, keys)
    for unknown in sorted(rule.adjustments.named() - set(texts)):
        raise document.fail(
            "rule",
            N_("there is no member {member}"),
            N_('Name one of "members"'),
            member=written(unknown),
        )
    pool = CostPool(
        period,
        _lines(document, total, period, rule),
        Money(0, currency),
        Money(0, currency),
    )
    game = _game(document, bearers, usage, period, texts, currency)
    document.done()
    return Question(pool, rule, tuple(bearers), usage, Background(game, past, last_year), keys)


def answer(question: Question, core: float | None = None) -> dict[str, object]:
    """Each member's share to the cent, and how it was made; with ``core``, whether a group of
    members would pay less alone, looked for so many seconds. Raises what ``allocate`` raises.
    """
    result = allocate(
        question.pool,
        question.rule,
        question.bearers,
        question.usage,
        question.keys,
        question.background,
    )
    shares = {one.bearer.code: one for one in result.shares}
    codes = [bearer.code for bearer in question.bearers]
    found: dict[str, object] = {
        "shares": {code: shown(shares[code].amount) for code in codes},
        "total": shown(result.pool.net),
        "currency": result.pool.currency,
        "details": {code: _details(shares[code]) for code in codes},
    }
    for part in question.rule.all_parts():
        sampling = sampling_of(part.options, question.background) if part.key == "shapley" else None
        if sampling:
            found["sampling"] = sampling
    return found if core is None else found | _core(question, result, core)


def _core(question: Question, result: Allocation, seconds: float) -> dict[str, object]:
    """Less than a cent for each member is rounding."""
    game, currency = question.game(), question.pool.currency
    from arengo_marketplace.costs.games.core_check import check_core

    shares = {one.bearer.code: Fraction(one.amount.amount) for one in result.shares}
    found = check_core(game, shares, seconds, margin=len(shares))
    return {
        "in_core": found.in_core,
        "most_violated": None
        if found.in_core is not False
        else {
            "coalition": [one.code for one in question.bearers if one.code in found.members],
            "by": shown(Money(round(found.amount), currency)),
        },
        "bound": shown(Money(ceil(found.bound), currency)) if isfinite(found.bound) else None,
        "proof": "proved" if found.proved else "not proved",
    }


def _details(share: Share) -> dict[str, object]:
    return {
        "days": share.days,
        "parts": [
            {
                "kind": part.kind.value if part.kind else None,
                "key": part.part.key,
                "used": part.used,
                "amount": shown(part.amount),
            }
            for part in share.components
        ],
        "adjustments": [
            {"reason": one.reason, "amount": shown(one.amount)} for one in share.adjustments
        ],
    }


def _period(document: Document, spans: list[tuple[date | None, date | None]]) -> Period:
    """The period named; else from the first day to the last that any member names."""
    if document.has("period"):
        inner = document.inner("period")
        begin, end = inner.day("from"), inner.day("to")
        inner.done()
        try:
            return Period(begin, end)
        except CostError as error:
            raise inner.fail("to", error.fault, error.mend, **error.values) from None
    document.take("period")
    begins = [begin for begin, _ in spans if begin]
    ends = [end for _, end in spans if end]
    if not begins and not ends:
        return _UNDATED
    if not begins or not ends:
        raise document.fail(
            "period",
            N_("members have days, and the period has none"),
            N_('Write it as {example}; "to" is the first day after it'),
            example='{"from": "2026-01-01", "to": "2027-01-01"}',
        )
    return Period(min(begins), max(ends))


def _lines(
    document: Document, total: Money, period: Period, rule: CostRule
) -> tuple[CostLine, ...]:
    if not document.has("costs"):
        document.take("costs")
        if rule.kinds:
            raise document.fail(
                "costs",
                N_("the rule divides kinds of cost by mixes of their own, and none is told"),
                N_("Give the part of the total that is of each kind"),
            )
        return (CostLine(CostKind.FIXED, "", total, period),)
    inner = document.inner("costs")
    lines = tuple(
        CostLine(kind, "", amount_of(inner, kind.value, total.currency), period)
        for kind in CostKind
        if inner.has(kind.value) or inner.take(kind.value) is not None
    )
    inner.done()
    together = Money(sum(line.amount.amount for line in lines), total.currency)
    if together != total:
        raise document.fail(
            "costs",
            N_("the kinds of cost add up to {sum}, not to {total}"),
            N_("Give the part of the total that is of each kind"),
            sum=together,
            total=total,
        )
    return lines


def _game(
    document: Document,
    bearers: list[Bearer],
    usage: Mapping[str, Mapping[UUID, Decimal]],
    period: Period,
    texts: list[str],
    currency: str,
) -> Game | None:
    """The cost game by a price plan, whose usage falls on the first month, or by a table of major
    units.
    """
    if document.has("cost"):
        if document.has("plan"):
            raise document.fail(
                "cost",
                N_("what groups would pay alone comes from a plan or from a table, not from both"),
                N_("Remove one of plan and cost"),
            )
        document.take("plan")
        from arengo_marketplace.costs.games.table_document import read_table

        table = {"players": texts, "cost": document.take("cost"), "method": "shapley"}
        found = read_table(table).table
        return replace(found, scale=found.scale // 10 ** exponent(currency))
    document.take("cost")
    if not document.has("plan"):
        document.take("plan")
        return None
    from arengo_marketplace.costs.games.plan_game import game_of

    plan = plan_of(document)
    if period == _UNDATED:
        raise document.fail(
            "period",
            N_("a price plan needs the days that it is applied to"),
            N_('Write it as {example}; "to" is the first day after it'),
            example='{"from": "2026-01-01", "to": "2027-01-01"}',
        )
    first = period.start.replace(day=1)
    return game_of(plan, PlanInputs(period, tuple(bearers), {first: usage}))
