"""Demo steps: who collects, and what the stand-in must remember of the past payments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_payments.collecting.models import AttemptRow, PaymentRow
from arengo_payments.gateways.providers import STANDIN, STRIPE
from arengo_payments.marketplace import marketplace
from arengo_payments.standin import state as snapshots
from arengo_payments.standin.cards import BY_METHOD
from arengo_payments.standin.params import CreateIntent
from arengo_payments.standin.payments import Payer, attempt, create_intent
from arengo_payments.standin.world import World

SECRET_KEY = "sk_test_standin"  # noqa: S105 - of a stand-in that moves no money
WEBHOOK_SECRET = "whsec_standin"  # noqa: S105
COMPANIES = {
    "valmalenco": ("Valmalenco Servizi S.r.l.", "00991010141"),
    "canavese": ("Canavese Territori S.r.l.", "00992010017"),
    "marche-sud": ("Marche Sud Servizi S.r.l.", "00993010446"),
    "piemonte": ("Valli del Piemonte Servizi S.r.l.", "00994010015"),
}


def standin_file(data_dir: Path) -> Path:
    """Where the demo's stand-in keeps what it knows."""
    return data_dir / "stripe.json"


async def _consortium_id(host: Host, slug: str) -> UUID:
    async with host.unit_of_work(read_only=True) as uow:
        found = await marketplace(host, uow).consortia()
    return next((place.id for place in found if place.slug == slug), found[0].id)


async def name_collecting_entity(host: Host, consortium: str) -> None:
    """An invented company takes cards through the stand-in; a public body must not."""
    consortium_id = await _consortium_id(host, consortium)
    name, vat_number = COMPANIES[consortium]
    caller = Caller.program([consortium_id], [consortium_id])
    async with host.unit_of_work(caller) as uow:
        market = marketplace(host, uow)
        present = await market.collecting_entity(consortium_id)
        await market.set_collecting_entity(
            consortium_id,
            organization_id=present.organization_id if present else None,
            name=name,
            vat_number=vat_number,
            gateway=STRIPE,
            gateway_settings={
                "secret_key": SECRET_KEY,
                "webhook_secret": WEBHOOK_SECRET,
                "api_base": STANDIN,
            },
        )


async def tell_standin(host: Host, consortium: str) -> None:
    """Card payments of the demo's past become the stand-in's, so that they can be refunded."""
    consortium_id = await _consortium_id(host, consortium)
    world = World(origin="")
    caller = Caller.program([consortium_id], [consortium_id])
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await uow.session.execute(
            select(
                AttemptRow.payment_reference,
                AttemptRow.key,
                PaymentRow.subject_id,
                PaymentRow.amount,
                PaymentRow.currency,
                PaymentRow.paid_at,
            )
            .join(PaymentRow, PaymentRow.id == AttemptRow.payment_id)
            .where(
                AttemptRow.consortium_id == consortium_id,
                AttemptRow.payment_reference.is_not(None),
            )
        )
        for reference, key, order_id, amount, currency, paid_at in rows:
            if reference is not None and paid_at is not None:
                _remember(world, reference, key, str(order_id), amount, currency, paid_at)
    # Nobody waits for the events of the past.
    world.objects = {
        name: thing for name, thing in world.objects.items() if thing["object"] != "event"
    }
    path = f"/webhooks/payments/{STRIPE}/{consortium_id}"
    snapshots.save(world, standin_file(host.settings.data_dir), path)


def _remember(
    world: World,
    reference: str,
    key: str,
    order_id: str,
    amount: int,
    currency: str,
    paid_at: datetime,
) -> None:
    intent = create_intent(
        world,
        CreateIntent(
            amount=amount,
            currency=currency.lower(),
            metadata={"order_id": order_id, "arengo_key": key},
            transfer_group=order_id,
        ),
    )
    made = intent["id"]
    intent["id"], intent["created"] = reference, int(paid_at.timestamp())
    world.objects[reference] = world.objects.pop(made)
    attempt(world, intent, BY_METHOD["pm_card_visa"], Payer())
