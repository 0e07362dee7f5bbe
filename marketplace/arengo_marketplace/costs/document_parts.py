"""What documents about costs have in common: amounts, members, the rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from arengo_core.money import Money, exponent
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import N_, CostError
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule


def currency_of(document: Document) -> str:
    """The currency, EUR unless named."""
    currency = document.text("currency", "EUR")
    if not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        raise document.fail(
            "currency",
            N_("{currency} is not a currency"),
            N_("Write its code of three capital letters, for example EUR"),
            currency=currency,
        )
    return currency


def amount_of(document: Document, name: str, currency: str) -> Money:
    """Cents as a whole number, or major units as a text with a decimal point."""
    value = document.take(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return Money(value, currency)
    if isinstance(value, str):
        try:
            number = Decimal(value)
            cents = number.scaleb(exponent(currency))
            if cents.is_finite() and cents == cents.to_integral_value():
                return Money(int(cents), currency)
        except ArithmeticError:
            pass
    raise document.fail(
        name,
        N_("{value} is not an amount of money"),
        N_('Write a text such as "123.45", or a whole number of cents'),
        value=repr(value),
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
            value = inner.take(name)
            attributes[name] = Decimal(str(value)) if isinstance(value, float) else value
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
        raise type(error)(
            document.field(f"plan.{error.field}"), error.fault, error.mend, **error.values
        ) from None
