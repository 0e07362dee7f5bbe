"""Demo step: three months of orders, as rows of the past; the last days' are still to do."""

from __future__ import annotations

import os
import random
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.ids import digest
from arengo_core.organizations import repository as organizations
from arengo_marketplace.contract import Marketplace, UsageReading
from arengo_storefront import partners
from arengo_storefront.checkout import paying, rows
from arengo_storefront.demo.shopping import Shopping, invent
from arengo_storefront.orders import parcels, service
from arengo_storefront.orders.jobs import METER
from arengo_storefront.orders.links import order_path, secret_of
from arengo_storefront.orders.models import MerchantOrder, Order, OrderLine, OrderLink, OrderStep
from arengo_storefront.orders.states import DeliveryWay, MerchantOrderState
from arengo_storefront.stock.models import MovementKind, StockMovement
from arengo_storefront.withdrawal import service as withdrawal

DAYS = 92
ORDERS = 260
_PAYMENTS_AT_ONCE = 20  # each call stays far below the time limit of calls into plugins
_S = MerchantOrderState
# Hours after the order at which each step happens, by the way of the goods; the delivery
# plugin's demo moves its parcels in the same rhythm.
_RHYTHM = {
    DeliveryWay.SHOP: ((_S.PREPARING, 5), (_S.READY, 20), (_S.HANDED_OVER, 44)),
    DeliveryWay.COURIER: ((_S.READY, 9), (_S.SHIPPED, 30), (_S.HANDED_OVER, 54)),
    DeliveryWay.PICK_UP: ((_S.READY, 7), (_S.HANDED_OVER, 99)),
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Past:
    """One order of the past with its rows."""

    made: rows.Made
    order: Row
    parts: list[Row]
    lines: list[Row]
    steps: list[Row]


async def load_orders(host: Host, consortium: str) -> None:
    """Place the orders of the past three months in the demo's shops."""
    async with host.unit_of_work() as uow:
        place = await organizations.by_slug(uow.session, consortium)
        assert place is not None, "the marketplace's step made it"
        shopping = await invent(host, uow, place.id, count=ORDERS, days=DAYS)
    if not shopping:
        return
    pasts = [_past(one, clock.now()) for one in shopping]
    merchants = {row["organization_id"] for past in pasts for row in past.parts}
    caller = Caller.program({*merchants, *(past.made.order_id for past in pasts)}, [place.id])
    async with host.unit_of_work(caller) as uow:
        await _record_payments(host, uow, pasts)
        await _write(host, uow, pasts)
        await host.continuing(uow, Marketplace).report_usage(
            [
                UsageReading(
                    METER, row["organization_id"], Decimal(1), row["placed_at"], str(row["id"])
                )
                for past in pasts
                for row in past.parts
            ]
        )
    await _announce_parcels(host, pasts)
    await _withdraw(host, pasts)
    newest = max(pasts, key=lambda past: past.made.moment)
    with (host.settings.data_dir / "guide.txt").open("a") as guide:
        label, path = "A shopper's order", order_path(host, newest.made.order_id)
        guide.write(f"  {label:<22} {{base_url}}{path}\n")


def _past(shopping: Shopping, today: datetime) -> Past:
    made = shopping.made
    order, parts, lines = (
        rows.order_row(made),
        rows.merchant_order_rows(made),
        rows.line_rows(made),
    )
    steps: list[Row] = []
    order.update(state="confirmed", confirmed_at=made.moment, paid_at=None, reserved_until=None)
    for part in parts:
        part.update(state=_S.PLACED.value, paid_at=None, handed_over_at=None)
        for state, hours in _RHYTHM[DeliveryWay(part["delivery_way"])]:
            moment = made.moment + timedelta(hours=hours + part["weight_grams"] % 7)
            if moment <= today:
                part["state"] = state.value
                steps.append(_step(part, state, moment))
        if not made.at_counter:
            part["paid_at"] = made.moment
        if part["state"] == _S.HANDED_OVER:
            part["handed_over_at"] = steps[-1]["occurred_at"]
            part["paid_at"] = part["paid_at"] or part["handed_over_at"]
    if all(part["paid_at"] for part in parts):
        order["paid_at"] = max(part["paid_at"] for part in parts)
    return Past(made, order, parts, lines, steps)


def _step(part: Row, state: MerchantOrderState, moment: datetime) -> Row:
    return {
        "organization_id": part["organization_id"],
        "order_id": part["order_id"],
        "merchant_order_id": part["id"],
        "state": state.value,
        "actor_id": None,
        "occurred_at": moment,
    }


async def _record_payments(host: Host, uow: UnitOfWork, pasts: Sequence[Past]) -> None:
    if not paying.with_payments(host):
        return
    payments = host.continuing(uow, partners.Payments)
    ids: list[UUID] = []
    for start in range(0, len(pasts), _PAYMENTS_AT_ONCE):
        batch = pasts[start : start + _PAYMENTS_AT_ONCE]
        ids += await payments.record_past(
            [
                partners.PastPayment(
                    request=paying.request_for(host, _due(past), past.made.moment),
                    made_at=past.made.moment,
                    paid_at=past.order["paid_at"],
                )
                for past in batch
            ]
        )
    for past, payment_id in zip(pasts, ids, strict=True):
        for row in (past.order, *past.parts):
            row["payment_id"] = payment_id


def _due(past: Past) -> paying.Due:
    made = past.made
    return rows.due_for(
        made.cart, made.draft, made.numbered, made.order_id, made.method, made.locale
    )


async def _write(host: Host, uow: UnitOfWork, pasts: Sequence[Past]) -> None:
    links = [
        rows.link_row(past.made, digest(secret_of(host, past.made.order_id))) for past in pasts
    ]
    for table, values in (
        (OrderLink, links),
        (Order, [past.order for past in pasts]),
        (MerchantOrder, [row for past in pasts for row in past.parts]),
        (OrderLine, [row for past in pasts for row in past.lines]),
        (OrderStep, [row for past in pasts for row in past.steps]),
        (StockMovement, list(_movements(pasts))),
    ):
        await uow.session.execute(insert(table), values)


def _movements(pasts: Sequence[Past]) -> Iterator[Row]:
    """What was sold, and the deliveries to the shops that it came from."""
    received: dict[tuple[UUID, UUID], int] = {}
    for past in pasts:
        for line in past.lines:
            variant = (line["organization_id"], line["variant_id"])
            received[variant] = received.get(variant, 0) + line["quantity"]
            yield _movement(
                variant,
                MovementKind.SOLD,
                -line["quantity"],
                past.made.moment,
                order_id=line["order_id"],
            )
    before = min(past.made.moment for past in pasts) - timedelta(days=1)
    for variant, quantity in received.items():
        yield _movement(variant, MovementKind.COUNTED, quantity, before)


def _movement(
    variant: tuple[UUID, UUID],
    kind: MovementKind,
    quantity: int,
    moment: datetime,
    order_id: UUID | None = None,
) -> Row:
    return {
        "organization_id": variant[0],
        "variant_id": variant[1],
        "kind": kind.value,
        "quantity": quantity,
        "order_id": order_id,
        "reason": "",
        "actor_id": None,
        "occurred_at": moment,
    }


@contextmanager
def _at(folder: Path) -> Generator[Path]:
    """A clock of this step's own: services of others date what they store by it."""
    before, file = os.environ.get(clock.VARIABLE), folder / "demo-orders-clock"
    os.environ[clock.VARIABLE] = f"@{file}"
    try:
        yield file
    finally:
        if before is None:
            del os.environ[clock.VARIABLE]
        else:
            os.environ[clock.VARIABLE] = before
        file.unlink(missing_ok=True)


async def _announce_parcels(host: Host, pasts: Sequence[Past]) -> None:
    with _at(host.settings.data_dir) as file:
        for past in pasts:
            sent = [MerchantOrder(**row) for row in past.parts]
            sent = [part for part in sent if parcels.has_parcel(host, part)]
            if not sent:
                continue
            clock.move(file, past.made.moment - datetime.now(UTC))
            caller = Caller.program([part.organization_id for part in sent])
            async with host.unit_of_work(caller) as uow:
                for part in sent:
                    await parcels.announce(host, uow, part)


async def _withdraw(host: Host, pasts: Sequence[Past]) -> None:
    """One shopper sends something back: the case waits on the merchant's desk."""
    recent = clock.now() - timedelta(days=10)
    for past in random.Random(7).sample(list(pasts), len(pasts)):  # noqa: S311
        part = past.parts[0]
        line = next(line for line in past.lines if line["merchant_order_id"] == part["id"])
        if part["handed_over_at"] is None or part["handed_over_at"] < recent or line["exemption"]:
            continue
        async with host.unit_of_work() as uow:
            view = await service.by_secret(uow, secret_of(host, past.made.order_id))
            await withdrawal.declare(
                host,
                uow,
                view,
                quantities={line["id"]: 1},
                name=past.order["name"],
                email=past.order["email"],
            )
        return
