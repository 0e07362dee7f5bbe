"""Terms of an offer as typed or sent: read, checked, and refused in the language of products."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from arengo_core.errors import InvalidInputError
from arengo_core.i18n import format_date, format_money, gettext
from arengo_core.money import Money
from arengo_core.plugins.guard import Guard
from arengo_core.plugins.manifest import Service
from arengo_core.plugins.registry import Registry
from arengo_marketplace.costs.built_in_keys import built_in_keys
from arengo_marketplace.costs.charges import TieredCharge, UnitCharge
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.errors import CostError
from arengo_marketplace.costs.keys import KeyRegistry
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.costs.rule import CostRule
from arengo_marketplace.costs.vat import Vat

COST_BEARERS = ("municipalities", "merchants")


def allocation_keys(registry: Registry, guard: Guard | None = None) -> KeyRegistry:
    """The allocation keys of this deployment: the built-in ones and the plugins'.

    With a ``guard``, in a running loop, the failures of a plugin's key count in its health.
    """
    keys = built_in_keys()
    for plugin in registry.plugins:
        for key in plugin.allocation_keys:
            stage = f"allocation_key.{key.id}"
            keys.register(key, plugin.name, guard and guard.recorder(plugin.name, stage))
    return keys


def refused(error: CostError, field: str) -> InvalidInputError:
    """A fault of the mathematics of costs as an answer to the caller."""
    return InvalidInputError("{fault}", field=field, fault=error.message(gettext, _in_words))


def fault_in_words(error: CostError) -> str:
    """``Fault. Mend.`` of such an error, for the page that shows it beside the field at fault."""
    values = {name: _in_words(value) for name, value in error.values.items()}
    fault, mend = (gettext(text).format(**values).strip() for text in (error.fault, error.mend))
    return f"{fault[:1].upper()}{fault[1:]}. {mend}."


def _in_words(value: object) -> object:
    """Amounts and days as people write them."""
    if isinstance(value, Money):
        return format_money(value)
    return format_date(value) if isinstance(value, date) else value


def _document(value: object, field: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise InvalidInputError(
            "This is not a JSON document: {fault}.", field=field, fault=error
        ) from None


def check_plan(value: object, field: str = "price_plan") -> PricePlan:
    """A price plan from JSON or its text. InvalidInputError otherwise."""
    try:
        return PricePlan.from_json(_document(value, field))
    except CostError as error:
        raise refused(error, field) from None


def check_rule(value: object, registry: Registry, field: str = "cost_rule") -> CostRule:
    """A cost rule from JSON or its text. InvalidInputError otherwise."""
    try:
        return CostRule.from_json(_document(value, field), allocation_keys(registry))
    except CostError as error:
        raise refused(error, field) from None


def check_meters(plan: PricePlan, rule: CostRule, registry: Registry) -> None:
    """Every meter named must be one that an installed service reports."""
    known = registry.meters()
    used = {
        charge.meter
        for charge in plan.charges
        if isinstance(charge, UnitCharge | TieredCharge) and charge.meter
    }
    _known(used, known, "price_plan")
    _known(rule.meters(), known)


def _known(meters: Iterable[str], known: dict[str, str], field: str = "cost_rule") -> None:
    for meter in sorted(meters):
        if meter not in known:
            raise InvalidInputError(
                "No installed service reports the meter {meter}. Known are: {known}.",
                field=field,
                meter=meter,
                known=", ".join(sorted(known)) or "—",
            )


def check_fees(values: Iterable[dict[str, Any]], service: Service) -> list[dict[str, Any]]:
    """Fees per unit of the service's meters: ``{"meter", "label", "rate"}``."""
    meters = {meter.key for meter in service.meters}
    fees: list[dict[str, Any]] = []
    for value in values:
        if value.get("meter") not in meters:
            raise InvalidInputError(
                "The service reports no meter {meter}.", field="fees", meter=value.get("meter")
            )
        try:
            rate = Decimal(str(value.get("rate")))
        except InvalidOperation:
            rate = Decimal("nan")
        if not rate.is_finite() or rate < 0 or rate != round(rate, 8):
            raise InvalidInputError(
                "{value} is not a rate: 0.25 is expected.", field="fees", value=value.get("rate")
            )
        label = str(value.get("label") or value["meter"])
        fees.append({"meter": value["meter"], "label": label, "rate": f"{rate:f}"})
    return fees


def vat_of(rate: str, *, recoverable: bool, included: bool) -> Vat | None:
    """The VAT of a line as typed; None where no rate is given.

    InvalidInputError naming the field.
    """
    if not rate.strip():
        if recoverable or included:
            raise InvalidInputError("Give the rate of VAT in per cent.", field="vat_rate")
        return None
    document: dict[str, object] = {
        "rate": rate.strip().replace(",", ".").removesuffix("%").strip(),
        "recoverable": recoverable,
        "included": included,
    }
    try:
        return Vat.from_json(Document(document, "", CostError))
    except CostError:
        raise InvalidInputError(
            "{value} is no rate of VAT: write per cent, such as 22.", field="vat_rate", value=rate
        ) from None
