"""The plain form of an offer: a few fields for the plans and rules that offices mostly use.

Whatever it cannot say is edited as a JSON document in the same form.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import current_locale, gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.forms import Form
from arengo_marketplace.costs.charges import (
    Every,
    FixedCharge,
    Measure,
    TieredCharge,
    UnitCharge,
)
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.offers import index_form
from arengo_marketplace.offers.terms import vat_of

_RATES = {Measure.INHABITANTS: "per_inhabitant", Measure.MEMBERS: "per_member"}


def plan_of(form: Form, service: Service) -> object:
    """The price plan of the form, as a document; its JSON field goes first."""
    if form["plan_json"]:
        return form["plan_json"]
    charges: list[dict[str, Any]] = []
    names: list[str] = []
    for name, every in (("yearly", "year"), ("monthly", "month")):
        if form[name]:
            amount = form.money(name).amount
            _refuse_negative(name, amount)
            label = gettext("Fixed fee")
            names.append(name)
            charges.append({"type": "fixed", "label": label, "amount": amount, "every": every})
    for measure, name in _RATES.items():
        if form[name]:
            names.append(name)
            charges.append(
                {
                    "type": "tiered",
                    "label": _TIERED_LABELS[measure](),
                    "over": measure.value,
                    "tiers": [{"rate": _rate(form, name)}],
                }
            )
    for meter in service.meters:
        if form[f"rate:{meter.key}"]:
            rate = _rate(form, f"rate:{meter.key}")
            label = gettext(meter.title)
            names.append(f"rate:{meter.key}")
            charges.append({"type": "unit", "label": label, "meter": meter.key, "rate": rate})
    if not charges:
        raise InvalidInputError(
            "Give at least one price: a yearly or monthly amount, or a rate.", field="yearly"
        )
    vat = vat_of(
        form["vat_rate"],
        recoverable=form.flag("vat_recoverable"),
        included=form.flag("vat_included"),
    )
    document: dict[str, Any] = {"charges": charges}
    if vat is not None:
        document["vat"] = vat.to_json()
    index = index_form.index_of(form)
    if index is not None:
        document["index"] = index
    _check(document, names)
    return document


def _rate(form: Form, name: str) -> str:
    rate = form.decimal(name)
    _refuse_negative(name, rate)
    return str(rate)


def _refuse_negative(name: str, amount: Decimal | int) -> None:
    if amount < 0:
        raise InvalidInputError("A price is not below 0.", field=name)


def _check(document: dict[str, Any], names: list[str]) -> None:
    """InvalidInputError beside the field that made the faulty part of a plan: ``names`` are those
    of its charges.
    """
    try:
        PricePlan.from_json(document)
    except CostError as error:
        part, _, rest = error.field.partition(".")
        if part == "index":
            field = f"index_{rest.partition('[')[0]}"
        elif part.startswith("charges["):
            field = names[int(part[len("charges[") : -1])]
        else:
            field = "price_plan"
        fault, mend = (
            gettext(text).format(**error.values).strip() for text in (error.fault, error.mend)
        )
        raise InvalidInputError(
            "{fault}", field=field, fault=f"{fault[:1].upper()}{fault[1:]}. {mend}."
        ) from None


_TIERED_LABELS = {
    Measure.INHABITANTS: lambda: gettext("Per inhabitant"),
    Measure.MEMBERS: lambda: gettext("Per member"),
}


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


def values_of(
    plan: PricePlan, rule: CostRule, fees: list[dict[str, Any]]
) -> tuple[dict[str, str], bool, bool]:
    """The form's values for given terms; whether plan and rule fit the plain fields."""
    values = {f"fee:{fee['meter']}": _typed(Decimal(fee["rate"])) for fee in fees}
    plain_plan = plan.minimum is None
    if plan.vat is not None:
        values["vat_rate"] = _typed(plan.vat.rate)
        values["vat_recoverable"] = "yes" if plan.vat.recoverable else ""
        values["vat_included"] = "yes" if plan.vat.included else ""
    if plan.index is not None:
        values |= index_form.values_of(plan.index)
    for charge in plan.charges:
        name, value = _field(charge)
        if not name or name in values:
            plain_plan = False
        else:
            values[name] = value
    plain_rule = rule.only_mixes("equal", "population", "usage")
    for part in rule.parts:
        values[f"weight:{part.key}"] = _typed(part.weight)
        if "meter" in part.options:
            values["meter"] = str(part.options["meter"])
    return values, plain_plan, plain_rule


def as_document(value: dict[str, Any]) -> str:
    """A plan or rule as the form's JSON field shows it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _typed(number: Decimal) -> str:
    """A number as people of the locale type it."""
    text = f"{number:f}"
    return text.replace(".", ",") if current_locale() == "it" else text


def _field(charge: object) -> tuple[str, str]:
    match charge:
        case FixedCharge():
            name = "yearly" if charge.every is Every.YEAR else "monthly"
            return name, _typed(Decimal(charge.amount).scaleb(-2))
        case UnitCharge():
            return f"rate:{charge.meter}", _typed(charge.rate)
        case TieredCharge() if (
            len(charge.tiers) == 1
            and charge.over in _RATES
            and charge.every is Every.YEAR
            and not charge.tiers[0].fixed
        ):
            return _RATES[charge.over], _typed(charge.tiers[0].rate)
        case _:
            return "", ""
