"""Jobs of dunning: remind of what is overdue, and tell of disputes and their answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_marketplace.dunning import repository, service
from arengo_marketplace.members import directory
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.statements import repository as statements


async def remind(host: Host, _payload: dict[str, Any]) -> None:
    """Job: of every consortium, remind of what is overdue. A consortium is one transaction."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = [consortium.id for consortium in await directory.consortia(uow)]
    for consortium_id in consortia:
        caller = Caller.program([consortium_id], [consortium_id])
        async with host.unit_of_work(caller) as uow:
            await service.remind(uow, host, consortium_id)


async def mail_pause(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail the office what a member disputes, or the member the office's answer."""
    member_id, to = UUID(payload["member"]), UUID(payload["to"])
    async with host.unit_of_work(Caller.program([member_id, to]), read_only=True) as uow:
        pause = await repository.get(uow.session, UUID(payload["pause"]))
        assert pause is not None, "pauses are never deleted"
        statement = await statements.get(uow.session, pause.statement_id)
        assert statement is not None, "statements are never deleted"
        member = await organizations.get(uow, member_id)
        reader = await organizations.get(uow, to)
        addresses = await mail_addresses(uow, reader)
    set_locale(reader.locale)
    values = {"member": member.name, "number": statement.number}
    if to == member_id:
        subject = _("Answer on statement {number}", **values)
        head = _("The office answers what {member} said about statement {number}:", **values)
        said = pause.answer
    else:
        subject = _("{member} disputes statement {number}", **values)
        head = _(
            "{member} disputes statement {number}. Its reminders rest until you answer. It says:",
            **values,
        )
        said = pause.reason
    link = host.url(f"/office/statements/{statement.id}")
    text = "\n\n".join((head, said, link)) + "\n"
    for address in addresses:
        await host.mail.send(Mail(to=address, subject=subject, text=text))


JOBS = [Job(service.TELL, mail_pause, title=N_("Tell of a disputed statement"), member="member")]
SCHEDULES = [
    Schedule(
        Job("marketplace.remind_of_statements", remind, title=N_("Remind of what is overdue")),
        "20 6 * * *",
    )
]
