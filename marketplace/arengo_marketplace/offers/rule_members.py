"""The rows of a cost rule's form on single members: exceptions, limits and the phase-in."""

from __future__ import annotations

from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import day_named
from arengo_marketplace.costs.adjustments import Adjustments, Limit, Who
from arengo_marketplace.offers.rule_choices import RuleChoices
from arengo_marketplace.offers.rule_reading import RuleReader
from arengo_marketplace.offers.wording import typed, typed_cents

LISTS = {
    "exempt": "exempt",
    "discount": "discounts",
    "step": "phase_in",
    "cap": "caps",
    "floor": "floors",
}
_AT = {
    "members": "member:1",
    "amount": "figure",
    "per_inhabitant": "figure",
    "against_last_year": "figure",
}
_FIELDS = ("attribute", "is", "at_least", "below", "per_cent", "from", "every")


def adjustments_of(reader: RuleReader) -> dict[str, Any]:
    """What changes the shares of members, as fields of the rule's document; faults are noted."""
    document: dict[str, Any] = {}
    for name, path in LISTS.items():
        found: list[dict[str, Any]] = []
        for base in reader.rows(name):
            with reader.noting():
                found.append(_row(reader, name, base))
                reader.places[f"{path}[{len(found) - 1}]"] = base
        if found:
            document[path] = found
    fixed: dict[str, int] = {}
    for base in reader.rows("amount"):
        with reader.noting():
            reader.needed(f"{base}:member:1")
            (member,) = reader.members(base)
            amount = reader.cents(f"{base}:amount")
            if member in fixed:
                raise InvalidInputError(
                    "{value} has an amount already: keep one of the two.",
                    field=f"{base}:member:1",
                    value=reader.choices.label(member),
                )
            fixed[member] = amount
    return document | ({"fixed_amounts": fixed} if fixed else {})


def field_of(base: str, rest: str) -> str:
    """The field of a row in which a field of its document is typed."""
    name = rest.partition(".")[0].partition("[")[0]
    return f"{base}:{name if name in _FIELDS else _AT.get(name, 'member:1')}"


def values_of(adjustments: Adjustments, choices: RuleChoices) -> dict[str, str]:
    """The form's values for them."""
    values: dict[str, str] = {}
    for number, who in enumerate(adjustments.exempt, 1):
        values |= _who_values(f"exempt:{number}", who, choices)
    for number, (member, amount) in enumerate(adjustments.fixed, 1):
        values[f"amount:{number}:member:1"] = choices.label(member)
        values[f"amount:{number}:amount"] = typed_cents(amount)
    for number, one in enumerate(adjustments.discounts, 1):
        values[f"discount:{number}:per_cent"] = typed(one.per_cent)
        values |= _who_values(f"discount:{number}", one.who, choices)
    for number, step in enumerate(adjustments.phase_in, 1):
        values[f"step:{number}:from"] = step.from_day.isoformat()
        values[f"step:{number}:per_cent"] = typed(step.per_cent)
    for name, limits in (("cap", adjustments.caps), ("floor", adjustments.floors)):
        for number, limit in enumerate(limits, 1):
            values |= _limit_values(f"{name}:{number}", limit, choices)
    return values


def _row(reader: RuleReader, name: str, base: str) -> dict[str, Any]:
    form = reader.form
    if name == "exempt":
        return _who(reader, base)
    if name == "discount":
        return {"per_cent": reader.number(f"{base}:per_cent")} | _who(reader, base)
    if name == "step":
        day = day_named(form[f"{base}:from"], f"{base}:from")
        return {"from": day.isoformat(), "per_cent": reader.number(f"{base}:per_cent")}
    unit, figure = form[f"{base}:unit"] or "amount", f"{base}:figure"
    if unit not in _AT or unit == "members":
        raise InvalidInputError("Choose one of the list.", field=f"{base}:unit")
    limit: dict[str, Any] = {
        unit: reader.cents(figure) if unit == "amount" else reader.number(figure)
    }
    if form[f"{base}:every"]:
        limit["every"] = form[f"{base}:every"]
    return limit | _who(reader, base)


def _who(reader: RuleReader, base: str) -> dict[str, Any]:
    form = reader.form
    document: dict[str, Any] = {}
    members = reader.members(base)
    if members:
        document["members"] = members
    for name in ("attribute", "is"):
        if form[f"{base}:{name}"]:
            document[name] = form[f"{base}:{name}"]
    for name in ("at_least", "below"):
        if form[f"{base}:{name}"]:
            document[name] = reader.number(f"{base}:{name}")
    return document


def _who_values(base: str, who: Who, choices: RuleChoices) -> dict[str, str]:
    values = {
        f"{base}:member:{number}": choices.label(member)
        for number, member in enumerate(who.members or (), 1)
    }
    if who.attribute:
        values[f"{base}:attribute"] = who.attribute
    if who.equals is not None:
        values[f"{base}:is"] = who.equals
    for name, figure in (("at_least", who.at_least), ("below", who.below)):
        if figure is not None:
            values[f"{base}:{name}"] = typed(figure)
    return values


def _limit_values(base: str, limit: Limit, choices: RuleChoices) -> dict[str, str]:
    values = _who_values(base, limit.who, choices)
    if limit.amount is not None:
        values[f"{base}:figure"] = typed_cents(limit.amount)
    for unit, figure in (
        ("per_inhabitant", limit.per_inhabitant),
        ("against_last_year", limit.against_last_year),
    ):
        if figure is not None:
            values |= {f"{base}:unit": unit, f"{base}:figure": typed(figure)}
    if limit.every is not None:
        values[f"{base}:every"] = limit.every
    return values
