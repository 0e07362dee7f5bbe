"""The adjustments of cost rules as JSON documents."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar, cast

from arengo_marketplace.costs.adjustments import Adjustments, Discount, Limit, Step, Who
from arengo_marketplace.costs.charges import Every
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import N_

One = TypeVar("One")

_FIGURES = ("amount", "per_inhabitant", "against_last_year")


def adjustments_from_json(document: Document) -> Adjustments:
    """Read them from a rule's document. Raises InvalidRuleError."""
    fixed = document.amounts("fixed_amounts") if document.has("fixed_amounts") else {}
    steps = _each(document, "phase_in", _step)
    for (index, before), after in pairwise(enumerate(steps)):
        if after[1].from_day <= before.from_day:
            raise document.fail(
                f"phase_in[{index + 1}].from",
                N_("{day} is not after {before}"),
                N_("List the steps by their days"),
                day=after[1].from_day,
                before=before.from_day,
            )
    return Adjustments(
        exempt=tuple(_each(document, "exempt", _anybody)),
        fixed=tuple(sorted(fixed.items())),
        discounts=tuple(_each(document, "discounts", _discount)),
        phase_in=tuple(steps),
        caps=tuple(_each(document, "caps", _limit)),
        floors=tuple(_each(document, "floors", _limit)),
    )


def _each(document: Document, name: str, read: Callable[[Document], One]) -> list[One]:
    if not document.has(name):
        document.take(name)
        return []
    found: list[One] = []
    for one in document.objects(name):
        found.append(read(one))
        one.done()
    return found


def _per_cent(document: Document, name: str, below: int) -> Decimal:
    return document.decimal(name, places=8, below=below, example="33.5")


def _anybody(document: Document) -> Who:
    who = _who(document)
    if who == Who():
        raise document.fail(
            "members", N_("nobody is named"), N_("Name members, or an attribute and its value")
        )
    return who


def _who(document: Document) -> Who:
    members = tuple(document.texts("members")) if document.has("members") else None
    ranged = {
        name: document.decimal(name, places=8, below=10**12, example="600")
        if document.has(name)
        else None
        for name in ("at_least", "below")
    }
    attribute = document.text("attribute", "")
    equals = document.text("is") if document.has("is") else None
    for name in ("members", "is", "at_least", "below"):
        document.take(name)
    chosen = [equals is not None, any(one is not None for one in ranged.values())]
    if sum(chosen) != bool(attribute):
        raise document.fail(
            "attribute",
            N_("an attribute needs a value or a range, and these need it"),
            N_("Write an attribute with one of: is; at_least, below"),
        )
    return Who(members, attribute, equals, ranged["at_least"], ranged["below"])


def _discount(document: Document) -> Discount:
    return Discount(_per_cent(document, "per_cent", 100), _who(document))


def _step(document: Document) -> Step:
    return Step(document.day("from"), _per_cent(document, "per_cent", 100))


def _limit(document: Document) -> Limit:
    given = [name for name in _FIGURES if document.has(name)]
    for name in _FIGURES:
        document.take(name)
    if len(given) != 1:
        raise document.fail(
            "amount",
            N_("a limit has one figure, not {count}"),
            N_("Write one of: amount, per_inhabitant, against_last_year"),
            count=len(given),
        )
    every = Every(document.choice("every", list(Every))) if document.has("every") else None
    document.take("every")
    who = _who(document)
    if given == ["amount"]:
        return Limit(who, amount=document.minor("amount"), every=every)
    if given == ["per_inhabitant"]:
        rate = document.decimal("per_inhabitant", places=8, below=10**6, example="1.50")
        return Limit(who, per_inhabitant=rate, every=every)
    if every is not None:
        raise document.fail(
            "every",
            N_("a limit against last year has the span of what was paid"),
            N_("Leave it out"),
        )
    return Limit(who, against_last_year=_per_cent(document, "against_last_year", 10000))


def adjustments_to_json(adjustments: Adjustments) -> dict[str, object]:
    """The same as fields of a rule's document; what is empty is left out."""
    document: dict[str, object] = {
        "exempt": [_who_json(who) for who in adjustments.exempt],
        "fixed_amounts": dict(adjustments.fixed),
        "discounts": [
            {"per_cent": str(one.per_cent)} | _who_json(one.who) for one in adjustments.discounts
        ],
        "phase_in": [
            {"from": step.from_day.isoformat(), "per_cent": str(step.per_cent)}
            for step in adjustments.phase_in
        ],
        "caps": [_limit_json(one) for one in adjustments.caps],
        "floors": [_limit_json(one) for one in adjustments.floors],
    }
    return {name: value for name, value in document.items() if value}


def _who_json(who: Who) -> dict[str, object]:
    document: dict[str, object] = {
        "members": None if who.members is None else list(who.members),
        "attribute": who.attribute or None,
        "is": who.equals,
        "at_least": None if who.at_least is None else str(who.at_least),
        "below": None if who.below is None else str(who.below),
    }
    return {name: value for name, value in document.items() if value is not None}


def _limit_json(limit: Limit) -> dict[str, object]:
    document: dict[str, object] = {}
    for name in _FIGURES:
        value = cast("int | Decimal | None", getattr(limit, name))
        if value is not None:
            document[name] = value if isinstance(value, int) else str(value)
    if limit.every is not None:
        document["every"] = limit.every.value
    return document | _who_json(limit.who)


def attributes_named(value: object) -> set[str]:
    """The attributes of members by which a rule's document divides or chooses."""
    if isinstance(value, list):
        return {name for one in cast("list[object]", value) for name in attributes_named(one)}
    if not isinstance(value, dict):
        return set()
    fields = cast("dict[str, object]", value)
    own = {str(fields[name]) for name in ("key", "attribute") if name in fields}
    inner = {name for one in fields.values() for name in attributes_named(one)}
    return own | inner
