"""Telling members that a statement is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, current_locale, format_date, format_money, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.money import Money
from arengo_core.organizations import service as organizations
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.settlements.service import MAIL_STATEMENT
from arengo_marketplace.statements import repository
from arengo_marketplace.statements.models import Statement


async def mail_statement(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail the people of a member that its statement is there."""
    member = UUID(payload["member"])
    async with host.unit_of_work(Caller.program([member]), read_only=True) as uow:
        statement = await repository.get(uow.session, UUID(payload["statement"]))
        if statement is None:
            return
        organization = await organizations.get(uow, member)
        consortium = await organizations.get(uow, statement.consortium_id)
        addresses = await mail_addresses(uow, organization)
        locale = organization.locale
    set_locale(locale)
    for address in addresses:
        await host.mail.send(
            Mail(
                to=address,
                subject=_(
                    "Statement {number} of {consortium}",
                    number=statement.number,
                    consortium=consortium.name,
                ),
                text=_text(host, statement, organization.name, consortium.name),
            )
        )


def _text(host: Host, statement: Statement, member: str, consortium: str) -> str:
    values = {
        "member": member,
        "consortium": consortium,
        "month": statement.period.label(current_locale()),
        "amount": format_money(Money(abs(statement.amount), statement.currency)),
        "due": format_date(statement.due_on),
        "link": host.url(f"/office/statements/{statement.id}"),
    }
    if statement.reverses_id is not None:
        return _(
            "{consortium} has taken back its settlement of {month}. This is the credit for"
            " {member}: {amount}.\n\nWhy, and every figure of it:\n\n{link}\n",
            **values,
        )
    return _(
        "{consortium} has settled {month}. The part of {member} is {amount}, to be paid by"
        " {due}.\n\nWhat it is for, why it is so much, and every figure of it:\n\n{link}\n",
        **values,
    )


JOBS = [Job(MAIL_STATEMENT, mail_statement, title=N_("Mail a statement"))]
