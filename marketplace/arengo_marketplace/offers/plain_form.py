"""The plain form of an offer: a few fields for the rules and fees that offices mostly use.

Whatever it cannot say is edited as a JSON document in the same form.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from arengo_core.i18n import gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.forms import Form
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers.wording import typed


def rule_of(form: Form) -> object:
    """The cost rule of the form, as a document; None for the charter's."""
    if form["rule_json"]:
        return form["rule_json"]
    parts: list[dict[str, Any]] = []
    for key in ("equal", "population", "usage"):
        if not form[f"weight:{key}"]:
            continue
        weight = form.decimal(f"weight:{key}")
        if weight:
            part: dict[str, Any] = {"key": key, "weight": str(weight)}
            parts.append(part | ({"meter": form["meter"]} if key == "usage" else {}))
    return {"parts": parts} if parts else None


def fees_of(form: Form, service: Service) -> list[dict[str, Any]]:
    """The fees of the form: a rate for each meter that has one."""
    return [
        {
            "meter": meter.key,
            "label": gettext(meter.title),
            "rate": str(form.decimal(f"fee:{meter.key}")),
        }
        for meter in service.meters
        if form[f"fee:{meter.key}"]
    ]


def values_of(rule: CostRule, fees: list[dict[str, Any]]) -> tuple[dict[str, str], bool]:
    """The form's values for a rule and fees; whether the rule fits the plain fields."""
    values = {f"fee:{fee['meter']}": typed(Decimal(fee["rate"])) for fee in fees}
    for part in rule.parts:
        values[f"weight:{part.key}"] = typed(part.weight)
        if "meter" in part.options:
            values["meter"] = str(part.options["meter"])
    return values, rule.only_mixes("equal", "population", "usage")


def as_document(value: dict[str, Any]) -> str:
    """A plan or rule as the form's JSON field shows it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
