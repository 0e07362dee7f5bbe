"""Charges of a price plan as JSON documents."""

from __future__ import annotations

from decimal import Decimal

from arengo_marketplace.costs.charges import (
    Charge,
    Every,
    FixedCharge,
    Measure,
    OneOffCharge,
    Tier,
    TieredCharge,
    TierMode,
    UnitCharge,
)
from arengo_marketplace.costs.document import Document, written
from arengo_marketplace.costs.errors import N_


def charge_to_json(charge: Charge) -> dict[str, object]:
    """A charge as a JSON object that names its type."""
    match charge:
        case FixedCharge(label, amount, every):
            return {"type": "fixed", "label": label, "amount": amount, "every": every.value}
        case OneOffCharge(label, amount, on):
            return {"type": "one_off", "label": label, "amount": amount, "on": on.isoformat()}
        case UnitCharge(label, meter, rate):
            return {"type": "unit", "label": label, "meter": meter, "rate": str(rate)}
        case TieredCharge():
            document: dict[str, object] = {
                "type": "tiered",
                "label": charge.label,
                "over": charge.over.value,
                "mode": charge.mode.value,
                "every": charge.every.value,
                "tiers": [
                    {"up_to": tier.up_to, "rate": str(tier.rate), "fixed": tier.fixed}
                    for tier in charge.tiers
                ],
            }
            return document | ({"meter": charge.meter} if charge.meter else {})


def charge_from_json(document: Document) -> Charge:
    """Read such an object. Raises InvalidPlanError."""
    kind = document.choice("type", ["fixed", "one_off", "unit", "tiered"])
    label = document.text("label")
    charge: Charge
    if kind == "fixed":
        amount = document.minor("amount")
        charge = FixedCharge(label, amount, Every(document.choice("every", list(Every))))
    elif kind == "one_off":
        charge = OneOffCharge(label, document.minor("amount"), document.day("on"))
    elif kind == "unit":
        charge = UnitCharge(label, document.text("meter"), _rate(document))
    else:
        charge = _tiered(document, label)
    document.done()
    return charge


def _tiered(document: Document, label: str) -> TieredCharge:
    over = Measure(document.choice("over", list(Measure)))
    return TieredCharge(
        label=label,
        over=over,
        tiers=_tiers(document),
        mode=TierMode(document.choice("mode", list(TierMode), TierMode.GRADUATED)),
        every=Every(document.choice("every", list(Every), Every.YEAR)),
        meter=document.text("meter") if over is Measure.METER else "",
    )


def _tiers(document: Document) -> tuple[Tier, ...]:
    tiers: list[Tier] = []
    below = 0
    rows = document.objects("tiers")
    for index, row in enumerate(rows):
        last = index == len(rows) - 1
        up_to = row.take("up_to")
        if last and up_to is not None:
            raise row.fail(
                "up_to",
                N_("the last tier ends at {up_to}"),
                N_("Leave it out: the last tier has no limit"),
                up_to=up_to,
            )
        if not last:
            if not isinstance(up_to, int) or isinstance(up_to, bool) or up_to <= below:
                raise row.fail(
                    "up_to",
                    N_("{up_to} is not a whole number above {below}"),
                    N_("Write a limit higher than the one of the tier before"),
                    up_to=written(up_to),
                    below=below,
                )
            below = up_to
        tiers.append(Tier(None if last else below, _rate(row), row.minor("fixed", 0)))
        row.done()
    return tuple(tiers)


def _rate(document: Document) -> Decimal:
    return document.decimal("rate", places=8, below=10**11, example="0.0035")
