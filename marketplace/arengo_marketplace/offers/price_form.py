"""The fields of an offer's form that say what it costs, made into a price plan and from one.

Whatever they cannot say is edited as a JSON document in the same form. Hidden fields carry the
charges' labels and order, so that a plan that is only looked at stays what it is.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import N_, gettext
from arengo_core.plugins.manifest import Service
from arengo_core.web.forms import Form, day_named
from arengo_marketplace.costs.charges import (
    Charge,
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    TieredCharge,
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.price_plan import Minimum, PricePlan
from arengo_marketplace.offers import index_form
from arengo_marketplace.offers.terms import check_plan, fault_in_words, vat_of
from arengo_marketplace.offers.tier_lines import lines_of, tiers_of
from arengo_marketplace.offers.wording import as_document, typed, typed_cents

_FIXED = {"yearly": Every.YEAR, "monthly": Every.MONTH}
_RATES = {"per_inhabitant": Measure.INHABITANTS, "per_member": Measure.MEMBERS}
_HEADS = {Measure.INHABITANTS: N_("Per inhabitant"), Measure.MEMBERS: N_("Per member")}


def choices(service: Service) -> dict[str, list[tuple[str, str]]]:
    """The options of the fields on tiers: what they count, how, and in which span."""
    return {
        "over": [
            *((f"meter:{meter.key}", gettext(meter.title)) for meter in service.meters),
            (Measure.INHABITANTS, gettext("Inhabitants")),
            (Measure.MEMBERS, gettext("Members")),
        ],
        "mode": [
            (TierMode.GRADUATED, gettext("Graduated: each slice at its own rate")),
            (TierMode.ALL_UNITS, gettext("All units: everything at the rate reached")),
        ],
        "every": [(Every.YEAR, gettext("A year")), (Every.MONTH, gettext("A month"))],
    }


def plan_of(form: Form, service: Service) -> object:
    """The price plan of the form, as a document: of its fields, or its JSON field.

    InvalidInputError naming the field, also where the two say different things.
    """
    charges = _charges(form, service)
    names = [name for name, _ in charges]
    document: dict[str, Any] = {"charges": [charge for _, charge in charges]}
    if form["minimum"]:
        document["minimum"] = {
            "label": form["label:minimum"] or gettext("Minimum commitment"),
            "amount": _amount(form, "minimum"),
            "every": form["minimum_every"] or Every.YEAR,
        }
    vat = vat_of(
        form["vat_rate"],
        recoverable=form.flag("vat_recoverable"),
        included=form.flag("vat_included"),
    )
    if vat is not None:
        document["vat"] = vat.to_json()
    index = index_form.index_of(form)
    if index is not None:
        document["index"] = index
    if form["plan_json"]:
        _refuse_contradiction(document, names, check_plan(form["plan_json"]))
        return form["plan_json"]
    if not names:
        raise InvalidInputError(
            "Give at least one price: an amount, a rate or tiers.", field="yearly"
        )
    _checked(document, names)
    return document


def values_of(plan: PricePlan, service: Service) -> dict[str, str]:
    """The form's values for a plan: the fields that make exactly this plan, or the JSON field."""
    names: list[str] = []
    values: dict[str, str] = {}
    for charge in plan.charges:
        name, label, fields = _fields(charge)
        names.append(name)
        values |= {**fields, f"label:{label}": charge.label}
    values["charge_order"] = " ".join(names)
    if plan.minimum is not None:
        values["minimum"] = typed_cents(plan.minimum.amount)
        values["minimum_every"] = plan.minimum.every
        values["label:minimum"] = plan.minimum.label
    if plan.vat is not None:
        values["vat_rate"] = typed(plan.vat.rate)
        values["vat_recoverable"] = "yes" if plan.vat.recoverable else ""
        values["vat_included"] = "yes" if plan.vat.included else ""
    if plan.index is not None:
        values |= index_form.values_of(plan.index)
    try:
        fits = check_plan(plan_of(Form(values), service)) == plan
    except InvalidInputError:
        fits = False
    return values if fits else {"plan_json": as_document(plan.to_json())}


def _charges(form: Form, service: Service) -> list[tuple[str, dict[str, Any]]]:
    """The charges of the form, each with the field that names its price."""
    found: list[tuple[str, dict[str, Any]]] = []

    def add(name: str, title: str, label: str = "", **charge: Any) -> None:
        found.append((name, {"label": form[f"label:{label or name}"] or gettext(title), **charge}))

    for name, every in _FIXED.items():
        if form[name]:
            add(name, N_("Fixed fee"), type="fixed", amount=_amount(form, name), every=every)
    if form["one_off"]:
        day = day_named(form["one_off_on"], "one_off_on").isoformat()
        amount = _amount(form, "one_off")
        add("one_off", N_("One-off amount"), type="one_off", amount=amount, on=day)
    elif form["one_off_on"]:
        raise InvalidInputError("This is needed: fill it in.", field="one_off")
    for name, measure in _RATES.items():
        if form[name]:
            tiers = [{"rate": _rate(form, name)}]
            add(name, _HEADS[measure], type="tiered", over=measure, tiers=tiers)
    for meter in service.meters:
        name = f"rate:{meter.key}"
        if form[name]:
            add(name, meter.title, type="unit", meter=meter.key, rate=_rate(form, name))
    if form["tiers"]:
        over = form["tiers_over"]
        titles = {f"meter:{meter.key}": meter.title for meter in service.meters}
        title = (titles | {measure.value: text for measure, text in _HEADS.items()}).get(over)
        if title is None:
            raise InvalidInputError("Choose one of the list.", field="tiers_over")
        kind, _, key = over.partition(":")
        tiered: dict[str, Any] = {
            "type": "tiered",
            "over": kind,
            "mode": form["tiers_mode"] or TierMode.GRADUATED,
            "every": form["tiers_every"] or Every.YEAR,
            "tiers": tiers_of(form["tiers"], "tiers"),
        }
        add("tiers", title, f"tiers:{over}", **tiered | ({"meter": key} if key else {}))
    order = form["charge_order"].split()
    return sorted(found, key=lambda one: order.index(one[0]) if one[0] in order else len(order))


def _amount(form: Form, name: str) -> int:
    amount = form.money(name).amount
    _refuse_negative(name, amount)
    return amount


def _rate(form: Form, name: str) -> str:
    rate = form.decimal(name)
    _refuse_negative(name, rate)
    return str(rate)


def _refuse_negative(name: str, amount: Decimal | int) -> None:
    if amount < 0:
        raise InvalidInputError("A price is not below 0.", field=name)


def _checked(document: dict[str, Any], names: list[str]) -> PricePlan:
    """The plan of a document. InvalidInputError beside the field that made the faulty part:
    ``names`` are those of its charges.
    """
    try:
        return PricePlan.from_json(document)
    except CostError as error:
        part, _, rest = error.field.partition(".")
        if part == "index":
            field = f"index_{rest.partition('[')[0]}"
        elif part == "minimum":
            field = "minimum_every" if rest == "every" else part
        elif part.startswith("charges["):
            field = names[int(part[len("charges[") : -1])]
            field = {"on": "one_off_on", "mode": "tiers_mode", "every": "tiers_every"}.get(
                rest, field
            )
        else:
            field = "price_plan"
        raise InvalidInputError("{fault}", field=field, fault=fault_in_words(error)) from None


def _refuse_contradiction(document: dict[str, Any], names: list[str], plan: PricePlan) -> None:
    """What the fields say beside a JSON document must be part of it, whatever it is called."""
    if document == {"charges": []}:
        return
    charges = document["charges"] or plan.to_json()["charges"]
    given = _checked({**document, "charges": charges}, names)
    known = [replace(charge, label="") for charge in plan.charges]
    others = [
        name
        for name, charge in zip(names, given.charges, strict=False)
        if replace(charge, label="") not in known
    ]
    if given.minimum is not None and not _same(given.minimum, plan.minimum):
        others.append("minimum")
    if given.vat not in (None, plan.vat):
        others.append("vat_rate")
    if given.index not in (None, plan.index):
        others.append("index_name")
    if given.currency != plan.currency:
        others.append("price_plan")
    if others:
        raise InvalidInputError(
            "The document (JSON) says otherwise. Empty this field, or write the same in both.",
            field=others[0],
        )


def _same(minimum: Minimum, other: Minimum | None) -> bool:
    return other is not None and replace(minimum, label=other.label) == other


def _fields(charge: Charge) -> tuple[str, str, dict[str, str]]:
    """The field that names a charge's price, the one of its label, and the values of its fields."""
    match charge:
        case FixedCharge():
            name = "yearly" if charge.every is Every.YEAR else "monthly"
            return name, name, {name: typed_cents(charge.amount)}
        case OneOffCharge():
            values = {"one_off": typed_cents(charge.amount), "one_off_on": charge.on.isoformat()}
            return "one_off", "one_off", values
        case UnitCharge():
            name = f"rate:{charge.meter}"
            return name, name, {name: typed(charge.rate)}
        case TieredCharge():
            for name, over in _RATES.items():
                rate = charge.tiers[0].rate
                if charge == TieredCharge(charge.label, over, (replace(charge.tiers[0], fixed=0),)):
                    return name, name, {name: typed(rate)}
            over = f"meter:{charge.meter}" if charge.meter else charge.over.value
            values = {
                "tiers": lines_of(charge.tiers),
                "tiers_over": over,
                "tiers_mode": charge.mode,
                "tiers_every": charge.every,
            }
            return "tiers", f"tiers:{over}", values
