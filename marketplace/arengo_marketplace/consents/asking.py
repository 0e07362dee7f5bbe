"""Asking members again when an installed version asks for more than they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_core.plugins.grants import DataGrant, wording
from arengo_core.plugins.registry import Registry
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.activations.models import Activation
from arengo_marketplace.consents import repository, service
from arengo_marketplace.members import directory
from arengo_marketplace.members.addresses import mail_addresses
from arengo_marketplace.titles import service_title

MAIL_QUESTION = "marketplace.mail_consent_question"
_RUNNING = ("requested", "approved", "active", "suspended")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An activation with what its member has not agreed to, and since when it knows."""

    activation: Activation
    grants: Sequence[DataGrant]
    told_at: datetime | None


async def unanswered(uow: UnitOfWork, registry: Registry, consortium_id: UUID) -> list[Unanswered]:
    """What members of a consortium have yet to answer, oldest activation first."""
    rows = await activations.of_consortium(uow.session, consortium_id, _RUNNING)
    open_ = [(row, grants) for row in rows if (grants := service.outstanding(registry, row))]
    told = await repository.told(uow.session, [row.id for row, _ in open_]) if open_ else {}
    return [Unanswered(row, grants, told.get((row.id, wording(grants)))) for row, grants in open_]


async def ask(host: Host, _payload: dict[str, Any]) -> None:
    """Job: tell each member once what a service asks for beyond what it agreed to."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = [consortium.id for consortium in await directory.consortia(uow)]
    for consortium_id in consortia:
        async with host.unit_of_work(Caller.program(governs=[consortium_id])) as uow:
            found = await unanswered(uow, host.registry, consortium_id)
            for each in [one for one in found if one.told_at is None]:
                member_id = each.activation.organization_id
                await uow.widen([member_id])
                set_locale((await organizations.get(uow, member_id)).locale)
                await service.ask(uow, host.registry, each.activation, each.grants)
                uow.enqueue(
                    MAIL_QUESTION,
                    {"member": str(member_id), "activation": str(each.activation.id)},
                )


async def mail_question(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a member's people what a service asks for; nothing once it is answered."""
    member_id = UUID(payload["member"])
    async with host.unit_of_work(Caller.program([member_id]), read_only=True) as uow:
        activation = await activations.get(uow.session, UUID(payload["activation"]))
        if activation is None:
            return
        grants = service.outstanding(host.registry, activation)
        if not grants:
            return
        member = await organizations.get(uow, member_id)
        addresses = await mail_addresses(uow, member)
    set_locale(member.locale)
    title = service_title(host.registry, activation.service)
    lines = [
        f"- {_('It writes') if grant.writes else _('It reads')}: {gettext(grant.title)}"
        for grant in grants
    ]
    text = _(
        "{service} asks {member} to let it read and write more:\n\n{grants}\n\nUntil you answer it"
        " goes on with what you agreed to; the rest is not in force. Read and answer here:"
        "\n\n{link}\n",
        service=title,
        member=member.name,
        grants="\n".join(lines),
        link=host.url(f"/office/activations/{activation.id}#consent"),
    )
    for address in addresses:
        await host.mail.send(
            Mail(to=address, subject=_("{service} asks for your consent", service=title), text=text)
        )


JOBS = [Job(MAIL_QUESTION, mail_question, title=N_("Ask a member for consent"))]
SCHEDULES = [
    Schedule(
        Job("marketplace.ask_consents", ask, title=N_("Ask for what services read and write")),
        "*/10 * * * *",
    )
]
