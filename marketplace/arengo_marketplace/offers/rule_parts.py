"""The rows of a cost rule's form that say by what keys a cost is divided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import day_named
from arengo_marketplace.costs.built_in_keys import BUILT_IN
from arengo_marketplace.costs.pool import CostKind
from arengo_marketplace.costs.rule import RulePart
from arengo_marketplace.offers.rule_choices import RuleChoices
from arengo_marketplace.offers.rule_lines import amounts_of, options_of, table_lines, table_of
from arengo_marketplace.offers.rule_reading import RuleReader
from arengo_marketplace.offers.wording import typed

ALL = "all"
MIXES = (ALL, *CostKind)
_OWN = {"population": ("as_of",), "shapley": ("samples", "seed")}
_AT = {"key": "key", "meter": "key", "attribute": "key"}
_FIELDS = ("weight", "otherwise", "as_of", "samples", "seed")


def mixes_of(reader: RuleReader) -> dict[str, Any]:
    """The rule's mixes as fields of its document; its faults are noted."""
    document: dict[str, Any] = {}
    for mix in MIXES:
        path = "parts" if mix == ALL else f"kinds.{mix}"
        reader.places[path] = f"part:{mix}:1"
        parts: list[dict[str, Any]] = []
        for base in reader.rows(f"part:{mix}"):
            with reader.noting():
                parts.append(_part(reader, base))
                reader.places[f"{path}[{len(parts) - 1}]"] = base
        if mix == ALL:
            document["parts"] = parts
        elif parts:
            document.setdefault("kinds", {})[str(mix)] = parts
    return document


def field_of(base: str, rest: str) -> str:
    """The field of a row in which a field of its document is typed."""
    name = rest.partition(".")[0].partition("[")[0] or "weight"
    return f"{base}:{name if name in _FIELDS else _AT.get(name, 'table')}"


def values_of(mix: str, parts: Sequence[RulePart], choices: RuleChoices) -> dict[str, str]:
    """The form's values for a mix."""
    values: dict[str, str] = {}
    for number, part in enumerate(parts, 1):
        base = f"part:{mix}:{number}"
        options = dict(part.options)
        of = [str(options.pop(name)) for name in ("meter", "attribute") if name in options]
        values[f"{base}:key"] = ":".join([part.key, *of])
        values[f"{base}:weight"] = typed(part.weight)
        if part.otherwise != "equal":
            values[f"{base}:otherwise"] = part.otherwise
        for name in _OWN.get(part.key, ()):
            if name in options:
                values[f"{base}:{name}"] = str(options.pop(name))
        if options:
            values[f"{base}:table"] = table_lines(options, choices)
    return values


def _part(reader: RuleReader, base: str) -> dict[str, Any]:
    form = reader.form
    if not form[f"{base}:key"]:
        raise InvalidInputError("Choose by what this part is divided.", field=f"{base}:key")
    key, _, of = form[f"{base}:key"].partition(":")
    part: dict[str, Any] = {"key": key, "weight": reader.number(f"{base}:weight")}
    if form[f"{base}:otherwise"]:
        part["otherwise"] = form[f"{base}:otherwise"]
    for own, names in _OWN.items():
        for name in names:
            if form[f"{base}:{name}"] and own != key:
                raise InvalidInputError(
                    "What this part is divided by needs no such figure: empty this field, or"
                    " choose another.",
                    field=f"{base}:{name}",
                )
    if form[f"{base}:as_of"]:
        part["as_of"] = day_named(form[f"{base}:as_of"], f"{base}:as_of").isoformat()
    for name in ("samples", "seed"):
        if form[f"{base}:{name}"]:
            part[name] = reader.number(f"{base}:{name}")
    return part | ({"meter": of} if key == "usage" else {}) | _lines(reader, base, key, of)


def _lines(reader: RuleReader, base: str, key: str, of: str) -> dict[str, Any]:
    name = f"{base}:table"
    text = reader.form[name]
    if key == "attribute":
        return {"attribute": of} | table_of(text, name)
    if key == "fixed":
        amounts = amounts_of(text, name, reader.choices)
        if not amounts:
            raise InvalidInputError(
                "Give the figures, a line for each member: its name, a colon, its figure.",
                field=name,
            )
        return {"amounts": amounts}
    if text and key in BUILT_IN.ids():
        raise InvalidInputError(
            "What this part is divided by needs no such figure: empty this field, or choose"
            " another.",
            field=name,
        )
    return options_of(text, name)
