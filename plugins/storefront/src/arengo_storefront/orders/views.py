"""An order as pages, mails and the API show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.money import Money
from arengo_storefront.base import in_language
from arengo_storefront.checkout.pricing import VatPart, vat_parts
from arengo_storefront.orders.models import MerchantOrder, Order, OrderLine
from arengo_storefront.orders.states import (
    EXEMPTIONS,
    NOT_LEFT,
    Exemption,
    MerchantOrderState,
    OrderState,
)

WITHDRAWAL_LIFE = timedelta(days=14)


def line_name(line: OrderLine) -> str:
    """The name of what was ordered, in the reader's language."""
    return in_language(line.name_it, line.name_en)


@dataclass(frozen=True, slots=True)
class MerchantOrderView:
    """A merchant order with its lines."""

    row: MerchantOrder
    lines: tuple[OrderLine, ...]

    @property
    def id(self) -> UUID:
        """The merchant order's id."""
        return self.row.id

    @property
    def total(self) -> Money:
        """What the shopper pays for it, delivery included."""
        return self.row.total_money

    @property
    def vat(self) -> list[VatPart]:
        """The VAT in it, by rate."""
        return vat_parts(
            ((line.vat_rate, line.amount) for line in self.lines),
            self.row.delivery_total,
            self.row.currency,
        )

    @property
    def to_collect(self) -> Money:
        """What the counter still takes: nothing once paid, less what was given up meanwhile."""
        given_up = sum(line.unit_price * line.returned for line in self.lines)
        due = 0 if self.row.paid_at is not None else self.row.total - given_up
        return Money(due, self.row.currency)

    @property
    def withdrawable(self) -> list[OrderLine]:
        """Lines that the shopper may withdraw from, time aside."""
        if self.row.state in {MerchantOrderState.PENDING, MerchantOrderState.CANCELLED}:
            return []
        return [line for line in self.lines if line.left and not line.exemption]

    @property
    def exempt(self) -> list[tuple[OrderLine, str]]:
        """Lines without withdrawal, with the reason (a msgid)."""
        return [
            (line, EXEMPTIONS[Exemption(line.exemption)]) for line in self.lines if line.exemption
        ]

    @property
    def withdrawal_until(self) -> datetime | None:
        """The end of the fourteen days (art. 52); None as long as the goods have not come."""
        if self.row.handed_over_at is None:
            return None
        return self.row.handed_over_at + WITHDRAWAL_LIFE

    @property
    def may_withdraw(self) -> bool:
        """Whether the withdrawal function is offered now."""
        until = self.withdrawal_until
        return bool(self.withdrawable) and (until is None or clock.now() <= until)

    @property
    def has_left(self) -> bool:
        """Whether the goods are on their way or with the shopper."""
        return MerchantOrderState(self.row.state) not in NOT_LEFT


@dataclass(frozen=True, slots=True)
class OrderView:
    """A shopper's order with its merchant orders."""

    row: Order
    parts: tuple[MerchantOrderView, ...]

    @property
    def id(self) -> UUID:
        """The order's id."""
        return self.row.id

    @property
    def total(self) -> Money:
        """What is paid at once."""
        return Money(self.row.total, self.row.currency)

    @property
    def may_pay(self) -> bool:
        """Whether the shopper still has to pay online and may."""
        return self.row.state in {OrderState.PENDING, OrderState.UNPAID}

    @property
    def may_withdraw(self) -> bool:
        """Whether the withdrawal function is offered for any part."""
        return self.row.state == OrderState.CONFIRMED and any(
            part.may_withdraw for part in self.parts
        )

    def part(self, merchant_order_id: UUID) -> MerchantOrderView | None:
        """One of its merchant orders."""
        return next((part for part in self.parts if part.id == merchant_order_id), None)


def with_lines(
    rows: Iterable[MerchantOrder], lines: Sequence[OrderLine]
) -> tuple[MerchantOrderView, ...]:
    """Merchant orders joined with their lines."""
    grouped: dict[UUID, list[OrderLine]] = {}
    for line in lines:
        grouped.setdefault(line.merchant_order_id, []).append(line)
    return tuple(MerchantOrderView(row, tuple(grouped.get(row.id, ()))) for row in rows)
