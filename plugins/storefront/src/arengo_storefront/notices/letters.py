"""The words of each notice, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arengo_core.i18n import format_date, format_datetime, format_money
from arengo_core.i18n import gettext as _
from arengo_core.money import Money
from arengo_storefront.notices.models import NoticeKind
from arengo_storefront.orders.states import DeliveryWay
from arengo_storefront.orders.views import MerchantOrderView, OrderView, line_name


@dataclass(frozen=True, slots=True)
class Letter:
    """A message's words: facts are label and value, action a label and an address."""

    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    action: tuple[str, str] | None = None
    footer: str = ""

    def as_text(self) -> str:
        """The letter as plain text."""
        blocks = list(self.paragraphs)
        if self.facts:
            blocks.append("\n".join(f"{label}: {value}" for label, value in self.facts))
        if self.action:
            blocks.append(f"{self.action[0]}:\n{self.action[1]}")
        if self.footer:
            blocks.append(self.footer)
        return "\n\n".join(blocks) + "\n"


Facts = tuple[tuple[str, str], ...]
Links = Mapping[str, str]


def _goods(part: MerchantOrderView) -> Facts:
    return tuple(
        (
            f"{line.quantity} × {line_name(line)}",
            format_money(Money(line.amount, line.currency)),
        )
        for line in part.lines
    )


def _delivery(part: MerchantOrderView) -> tuple[str, str]:
    price = Money(part.row.delivery_total, part.row.currency)
    where = f" ({part.row.point})" if part.row.point else ""
    return (
        _("How the goods travel"),
        f"{_(part.row.delivery_title)}{where}, {format_money(price)}",
    )


def _vat(part: MerchantOrderView) -> Facts:
    return tuple(
        (_("of which VAT {rate}%", rate=piece.rate), format_money(piece.vat)) for piece in part.vat
    )


def _part(part: MerchantOrderView) -> Facts:
    row = part.row
    seller = ", ".join(
        value
        for value in (
            row.seller,
            row.seller_address,
            _("VAT number {number}", number=row.seller_vat_number) if row.seller_vat_number else "",
        )
        if value
    )
    return (
        (_("Seller"), seller),
        *_goods(part),
        _delivery(part),
        (_("Total of this shop"), format_money(part.total)),
        *_vat(part),
    )


def _withdrawal_terms(view: OrderView) -> str:
    text = _(
        "You may withdraw within 14 days of receiving the goods, without giving a reason, by the"
        " button “Withdraw from the contract here” on the page of your order (art. 52 and"
        " 54-bis Codice del consumo)."
    )
    exempt = [
        f"{line_name(line)}: {_(reason)}" for part in view.parts for line, reason in part.exempt
    ]
    return "\n".join([text, *exempt])


def _confirmed(view: OrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    row = view.row
    paid = (
        _("You have paid {total}.", total=format_money(view.total))
        if row.paid_at is not None
        else _("You pay {total} at the counter.", total=format_money(view.total))
    )
    return Letter(
        subject=_("Order {number} is confirmed", number=row.number),
        paragraphs=(
            _("Hello {name},", name=row.name),
            _("thank you: the shops have received your order {number}.", number=row.number)
            + " "
            + paid,
        ),
        facts=(
            *(fact for part in view.parts for fact in _part(part)),
            (_("Total"), format_money(view.total)),
        ),
        action=(_("Follow your order"), links["order"]),
        footer=_withdrawal_terms(view),
    )


def _link(view: OrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Your link to order {number}", number=view.row.number),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _("this link opens your order. Keep it to yourself: it needs no password."),
        ),
        action=(_("Open the order"), links["order"]),
    )


def _payment_failed(view: OrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Order {number} is not paid yet", number=view.row.number),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _(
                "the payment of {total} did not go through and nothing was taken. The goods are"
                " not reserved any more; you may pay the same order again from its page.",
                total=format_money(view.total),
            ),
        ),
        action=(_("Pay the order"), links["order"]),
    )


def _paid_too_late(view: OrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Order {number}: your money goes back", number=view.row.number),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _(
                "your payment arrived after the goods had gone to others. We are sorry: the order"
                " is cancelled and {total} go back the way they came.",
                total=format_money(view.total),
            ),
        ),
        action=(_("Open the order"), links["order"]),
    )


def _of(view: OrderView, facts: Mapping[str, Any]) -> MerchantOrderView:
    return next(part for part in view.parts if str(part.id) == facts["part"])


def _ready(view: OrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    row = _of(view, facts).row
    return Letter(
        subject=_("{seller}: your goods are ready", seller=row.seller),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _("you can fetch the goods of order {number}.", number=row.number)
            if row.delivery_way == DeliveryWay.SHOP
            else _("the goods of order {number} are packed and about to leave.", number=row.number),
        ),
        facts=((_("Where"), row.seller_address or row.seller),)
        if row.delivery_way == DeliveryWay.SHOP
        else (),
        action=(_("Follow your order"), links["order"]),
    )


def _handed_over(view: OrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    part = _of(view, facts)
    until = part.withdrawal_until
    terms = (
        (_("You may withdraw until {day}.", day=format_date(until)),)
        if until is not None and part.withdrawable
        else ()
    )
    return Letter(
        subject=_("{seller}: your goods were handed over", seller=part.row.seller),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _("the goods of order {number} were handed over.", number=part.row.number),
            *terms,
        ),
        action=(_("Open the order"), links["order"]),
    )


def _cancelled(view: OrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    row = _of(view, facts).row
    reason = facts.get("reason", "")
    return Letter(
        subject=_("{seller} has cancelled order {number}", seller=row.seller, number=row.number),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _("the shop cannot fulfil this part of your order.")
            if not reason
            else _("the shop cannot fulfil this part of your order: {reason}", reason=reason),
            _("What you paid for it goes back the way it came.")
            if row.paid_at is not None
            else _("You have nothing to pay for it."),
        ),
        action=(_("Open the order"), links["order"]),
    )


def _refunded(view: OrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    row = _of(view, facts).row
    amount = format_money(Money(int(facts["amount"]), row.currency))
    return Letter(
        subject=_("{amount} of order {number} go back to you", amount=amount, number=row.number),
        paragraphs=(
            _("Hello {name},", name=view.row.name),
            _(
                "{seller} gives back {amount}. Depending on your bank it takes some days until"
                " you see them.",
                seller=row.seller,
                amount=amount,
            ),
        ),
        action=(_("Open the order"), links["order"]),
    )


def _withdrawn_lines(part: MerchantOrderView, facts: Mapping[str, Any]) -> Facts:
    quantities: Mapping[str, int] = facts["lines"]
    return tuple(
        (
            f"{quantities[str(line.id)]} × {line_name(line)}",
            format_money(Money(line.unit_price * quantities[str(line.id)], line.currency)),
        )
        for line in part.lines
        if str(line.id) in quantities
    )


def _declaration(part: MerchantOrderView, facts: Mapping[str, Any]) -> Facts:
    moment = datetime.fromisoformat(facts["declared_at"])
    return (
        (_("Declared by"), str(facts["name"])),
        (_("E-mail for this receipt"), str(facts["email"])),
        (_("Contract"), _("order {number}", number=part.row.number)),
        (_("Seller"), part.row.seller),
        *_withdrawn_lines(part, facts),
        (_("Date and time"), format_datetime(moment, "long")),
    )


def _withdrawal(view: OrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    part = _of(view, facts)
    amount = format_money(Money(int(facts["amount"]), part.row.currency))
    if part.row.paid_at is None:
        money = _("You had not paid yet and have nothing to pay for these goods.")
    elif facts["settled"]:
        money = _("{amount} go back the way they came.", amount=amount)
    else:
        money = _(
            "Send or bring the goods back to the shop within 14 days; {amount} go back the way"
            " they came as soon as they are there.",
            amount=amount,
        )
    return Letter(
        subject=_("Receipt of your withdrawal from order {number}", number=part.row.number),
        paragraphs=(
            _("Hello {name},", name=str(facts["name"])),
            _("we have received this declaration of withdrawal from the contract:"),
        ),
        facts=_declaration(part, facts),
        action=(_("Open the order"), links["order"]),
        footer=money,
    )


SHOPPER: Mapping[str, Callable[[OrderView, Links, Mapping[str, Any]], Letter]] = {
    NoticeKind.ORDER_CONFIRMED: _confirmed,
    NoticeKind.ORDER_LINK: _link,
    NoticeKind.PAYMENT_FAILED: _payment_failed,
    NoticeKind.PAID_TOO_LATE: _paid_too_late,
    NoticeKind.READY: _ready,
    NoticeKind.HANDED_OVER: _handed_over,
    NoticeKind.CANCELLED: _cancelled,
    NoticeKind.REFUNDED: _refunded,
    NoticeKind.WITHDRAWAL: _withdrawal,
}


def _new_order(part: MerchantOrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    paid = _("paid") if part.row.paid_at is not None else _("to be paid at your counter")
    return Letter(
        subject=_(
            "New order {number}: {total}", number=part.row.number, total=format_money(part.total)
        ),
        paragraphs=(
            _(
                "{name} has ordered from you; the order is {paid}.",
                name=part.row.recipient,
                paid=paid,
            ),
        ),
        facts=(*_goods(part), _delivery(part), (_("Total"), format_money(part.total))),
        action=(_("Prepare the order"), links["desk"]),
    )


def _late(part: MerchantOrderView, links: Links, _facts: Mapping[str, Any]) -> Letter:
    return Letter(
        subject=_("Order {number} was paid too late", number=part.row.number),
        paragraphs=(
            _(
                "A payment came after its time was over and the goods had been sold. It goes back"
                " to the shopper in full; you have nothing to do.",
            ),
        ),
        facts=_goods(part),
        action=(_("See the order"), links["desk"]),
    )


def _withdrawn(part: MerchantOrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    done = (
        _("The goods had not left: they are back in your stock and the money goes back.")
        if facts["settled"]
        else _("When the goods are back, confirm it on the order: the money goes back then.")
    )
    return Letter(
        subject=_("Withdrawal from order {number}", number=part.row.number),
        paragraphs=(_("The shopper withdraws from the contract."), done),
        facts=_declaration(part, facts),
        action=(_("Open the order"), links["desk"]),
    )


def _refund_refused(part: MerchantOrderView, links: Links, facts: Mapping[str, Any]) -> Letter:
    amount = format_money(Money(int(facts["amount"]), part.row.currency))
    return Letter(
        subject=_("Order {number}: a refund was refused", number=part.row.number),
        paragraphs=(
            _(
                "The bank did not take back {amount}. Open the order and try again, or give the"
                " money back in another way.",
                amount=amount,
            ),
        ),
        action=(_("Open the order"), links["desk"]),
    )


MERCHANT: Mapping[str, Callable[[MerchantOrderView, Links, Mapping[str, Any]], Letter]] = {
    NoticeKind.NEW_ORDER: _new_order,
    NoticeKind.LATE_FOR_MERCHANT: _late,
    NoticeKind.WITHDRAWAL_FOR_MERCHANT: _withdrawn,
    NoticeKind.REFUND_REFUSED: _refund_refused,
}
