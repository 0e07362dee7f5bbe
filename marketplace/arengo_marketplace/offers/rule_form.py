"""A cost rule in plain fields: the part of a form that offers, charter, votes and what-if share.

Rows without anything typed are ignored. What the fields cannot say is edited as a JSON document in
the same form.
"""

from __future__ import annotations

from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.web.forms import Form
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import rule_members, rule_parts
from arengo_marketplace.offers.rule_choices import RuleChoices
from arengo_marketplace.offers.rule_reading import RuleReader
from arengo_marketplace.offers.terms import allocation_keys, check_rule, fault_in_words
from arengo_marketplace.offers.wording import as_document

FIRST = "part:all:1:weight"


def asks_rows(form: Form) -> bool:
    """Whether the form was only sent to get more rows, or what a key that was chosen needs."""
    return bool(form["more_rows"])


def rule_of(form: Form, choices: RuleChoices) -> CostRule | None:
    """The rule that the form says; None where it says nothing.

    InvalidInputError naming the first field at fault, the others noted in the form.
    """
    reader = RuleReader(form, choices)
    document = rule_parts.mixes_of(reader) | rule_members.adjustments_of(reader)
    reader.refuse_faults()
    says_nothing = document == {"parts": []}
    if not form["rule_json"]:
        return None if says_nothing else _checked(document, reader)
    rule = check_rule(form["rule_json"], choices.registry, "rule_json")
    if not says_nothing and _checked(document, reader) != rule:
        raise InvalidInputError(
            "The document and the fields say different things. Empty this document, or all fields.",
            field="rule_json",
        )
    return rule


def needed_rule(form: Form, choices: RuleChoices) -> CostRule:
    """The rule that the form says. InvalidInputError where it says none."""
    rule = rule_of(form, choices)
    if rule is None:
        raise InvalidInputError("Say how the cost is to be divided.", field=FIRST)
    return rule


def values_of(rule: CostRule, choices: RuleChoices) -> dict[str, str]:
    """The form's values for a rule: the fields that make exactly this rule, or the document."""
    values = rule_parts.values_of(rule_parts.ALL, rule.parts, choices)
    for kind, parts in rule.kinds.items():
        values |= rule_parts.values_of(kind, parts, choices)
    values |= rule_members.values_of(rule.adjustments, choices)
    try:
        fits = rule_of(Form(dict(values)), choices) == rule
    except InvalidInputError:
        fits = False
    return values if fits else {"rule_json": as_document(rule.to_json())}


def _checked(document: dict[str, Any], reader: RuleReader) -> CostRule:
    """The rule of a document. InvalidInputError beside the field that made the faulty part."""
    try:
        return CostRule.from_json(document, allocation_keys(reader.choices.registry))
    except CostError as error:
        raise InvalidInputError(
            "{fault}", field=_field(error.field, reader.places), fault=fault_in_words(error)
        ) from None


def _field(path: str, places: dict[str, str]) -> str:
    """The field in which what stands at a path of the document was typed."""
    for place in sorted(places, key=len, reverse=True):
        if path == place or path.startswith(f"{place}."):
            base, rest = places[place], path[len(place) :].removeprefix(".")
            of = rule_parts if base.startswith("part:") else rule_members
            return of.field_of(base, rest)
    return FIRST
