"""What documents about costs have in common: amounts, members, the rule."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from uuid import UUID

from arengo_core.money import Money, exponent
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.document import MOST_CENTS, TOO_MUCH, Document
from arengo_marketplace.costs.errors import N_, CostError
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule

_AMOUNT = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def amount_of(document: Document, name: str, currency: str) -> Money:
    """Cents as a whole number, or major units as a text with a decimal point."""
    value = document.take(name)
    fault, cents = N_("{value} is not an amount of money"), None
    if isinstance(value, int) and not isinstance(value, bool):
        cents = value
    elif isinstance(value, str) and _AMOUNT.fullmatch(value):
        number = Fraction(value) * 10 ** exponent(currency)
        if number.denominator == 1:
            cents = int(number)
        else:
            fault = N_("{value} has more decimals than {currency} has")
    if cents is not None and abs(cents) <= MOST_CENTS:
        return Money(cents, currency)
    if cents is not None:
        fault = TOO_MUCH
    raise document.unfit(
        name,
        value,
        fault,
        N_('Write a text such as "123.45", or a whole number of cents'),
        currency=currency,
    )


def shown(amount: Money) -> str:
    """An amount as a text of major units."""
    return f"{amount.decimal:f}"


def ids_of(members: list[Document]) -> list[str]:
    """The members' ids as texts, each named once."""
    found: list[str] = []
    for one in members:
        value = one.take("id")
        number = isinstance(value, int) and not isinstance(value, bool)
        text = str(value) if number else one.text("id")
        if text in found:
            raise one.fail(
                "id", N_("{player} is listed twice"), N_("List each member once"), player=text
            )
        found.append(text)
    return found


def span_of(document: Document) -> tuple[date | None, date | None]:
    """The days from and to which a member takes part; None where it is not said."""
    begin = document.day("from") if document.has("from") else None
    end = document.day("to") if document.has("to") else None
    document.take("from")
    document.take("to")
    if begin and end and end <= begin:
        raise document.fail(
            "to",
            N_("{to} is not after {begin}"),
            N_("Write the first day on which the member is no more there"),
            to=end,
            begin=begin,
        )
    return begin, end


def bearer_of(
    document: Document,
    member: UUID,
    text: str,
    span: tuple[date | None, date | None],
    period: Period,
) -> Bearer:
    """A member with its figures; ``span`` is what ``span_of`` read of it."""
    population = None
    if document.has("population"):
        population = int(document.decimal("population", places=0, below=10**10, example="2314"))
    document.take("population")
    attributes: dict[str, object] = {}
    if document.has("attributes"):
        inner = document.inner("attributes")
        for name in inner.rest():
            attributes[name] = _attribute(inner, name)
    begin, end = span
    active = None
    if begin or end:
        first, last = begin or period.start, end or period.end
        active = (Period(first, last),) if first < last else ()
    name = document.text("name", text)
    for known in ("usage", "attributes", "past", "last_year"):
        document.take(known)
    document.done()
    return Bearer(member, population, name, active, attributes, text)


def _attribute(document: Document, name: str) -> object:
    value = document.take(name)
    if isinstance(value, float) and isfinite(value):
        return Decimal(str(value))
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    raise document.unfit(
        name,
        value,
        N_("{value} is neither a number nor a text"),
        N_("Write a number, for example {example}"),
        example="12.5",
    )


def rule_of(document: Document, keys: KeyRegistry) -> CostRule:
    """The rule. Raises CostError whose field begins with ``rule``."""
    try:
        return CostRule.from_json(document.take("rule"), keys)
    except CostError as error:
        name = "rule" if error.field == "document" else f"rule.{error.field}"
        raise type(error)(document.field(name), error.fault, error.mend, **error.values) from None


def plan_of(document: Document) -> PricePlan:
    """The price plan. Raises CostError whose field begins with ``plan``."""
    try:
        return PricePlan.from_json(document.take("plan"))
    except CostError as error:
        name = "plan" if error.field == "document" else f"plan.{error.field}"
        raise type(error)(document.field(name), error.fault, error.mend, **error.values) from None
