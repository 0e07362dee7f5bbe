"""Telling members that a price changes, and by how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import (
    N_,
    format_date,
    format_money,
    format_month,
    format_number,
    set_locale,
)
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.offers import service as offers
from arengo_marketplace.offers.prices import MAIL_PRICE
from arengo_marketplace.titles import service_title


async def mail_price(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a member's people what a change of price, or its withdrawal, means for it."""
    member_id = UUID(payload["member"])
    async with host.unit_of_work(Caller.program([member_id]), read_only=True) as uow:
        offer = await offers.offer_of(uow, UUID(payload["offer"]))
        member = await organizations.get(uow, member_id)
        consortium = await organizations.get(uow, offer.organization_id)
        addresses = await mail_addresses(uow, member)
    set_locale(member.locale)
    values = {
        "service": service_title(host.registry, offer.service),
        "member": member.name,
        "consortium": consortium.name,
        "day": format_date(date.fromisoformat(payload["valid_from"])),
        "link": host.url("/office/services"),
    }
    subject, text = _words(payload, values)
    for address in addresses:
        await host.mail.send(Mail(to=address, subject=subject, text=text))


def _words(payload: dict[str, Any], values: dict[str, str]) -> tuple[str, str]:
    today = Money(payload["today"], payload["currency"])
    afterwards = Money(payload["afterwards"], payload["currency"])
    if payload["withdrawn"]:
        return _("{service}: the price stays as it is", **values), _(
            "{consortium} has taken back the change of price of {service} that was announced for"
            " {day}. {member} goes on paying about {today} a year.\n\nThe services of {member}:"
            "\n\n{link}\n",
            today=format_money(today),
            **values,
        )
    difference = afterwards - today
    text = _(
        "{consortium} changes the price of {service} from {day}. In the twelve months from then"
        " {member} pays about {afterwards}, where it would pay {today} without the change: the"
        " difference is {difference}. The figures rest on the use that members expect.",
        today=format_money(today),
        afterwards=format_money(afterwards),
        difference=("+" if difference.amount > 0 else "") + format_money(difference),
        **values,
    )
    if index := payload.get("index"):
        text += "\n\n" + _(
            "The price follows {index}: its figure of {month} is {value}, and by the contract the"
            " prices change by {per_cent} %.",
            index=index["name"],
            month=format_month(date.fromisoformat(index["month"])),
            value=format_number(Decimal(index["value"])),
            per_cent=format_number(Decimal(index["per_cent"])),
        )
    if payload["note"]:
        text += "\n\n" + payload["note"]
    return (
        _("{service}: the price changes from {day}", **values),
        text + "\n\n" + _("The services of {member}:\n\n{link}\n", **values),
    )


JOBS = [Job(MAIL_PRICE, mail_price, title=N_("Mail a change of price"))]
"""Jobs of prices."""
