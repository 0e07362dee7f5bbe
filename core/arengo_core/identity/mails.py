"""Core's own mails: invitations, password reset, links to sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.identity import repository
from arengo_core.identity.models import Invitation, Person
from arengo_core.identity.service import (
    INVITATION_LIFE,
    LINK_LIFE,
    RESET_LIFE,
    SEND_INVITATION,
    SEND_RESET,
    SEND_SIGN_IN_LINK,
    SIGN_IN_LINK,
)
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations


async def send_invitation(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail an invitation with a fresh link."""
    organization_id = UUID(payload["organization"])
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        invitation = await uow.session.get(Invitation, UUID(payload["invitation"]))
        if invitation is None or invitation.accepted_at is not None:
            return
        organization = await organizations.get(uow, organization_id)
        set_locale(organization.locale)
        token = await host.identity.make_link(
            uow,
            purpose="invitation",
            subject_id=invitation.id,
            organization_id=organization_id,
            life=INVITATION_LIFE,
        )
        to, name, place = invitation.email, invitation.name, organization.name
    await host.mail.send(
        Mail(
            to=to,
            subject=_("{place} invites you to Arengo", place=place),
            text=_(
                "Hello {name},\n\n{place} invites you to work on its services."
                " Open this link within 14 days and choose a password:\n\n{link}\n\n"
                "If you do not expect this, ignore it: nothing happens.\n",
                name=name,
                place=place,
                link=host.url(f"/invitations/{token}"),
            ),
        )
    )


async def owner_of(uow: UnitOfWork, account: str) -> Person | None:
    """Whose account a letter is for; None where the address that was typed has none."""
    record = await repository.sign_in_of(uow.session, bytes.fromhex(account))
    if record is None:
        return None
    await uow.widen([record.user_id])
    return await uow.session.get(Person, record.user_id)


async def send_reset(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a link to set a new password."""
    async with host.unit_of_work(Caller.program()) as uow:
        person = await owner_of(uow, payload["account"])
        if person is None:
            return
        user_id = person.id
        set_locale(person.locale)
        token = await host.identity.make_link(
            uow,
            purpose="password_reset",
            subject_id=user_id,
            organization_id=None,
            life=RESET_LIFE,
        )
        to, name = person.email, person.name
    await host.mail.send(
        Mail(
            to=to,
            subject=_("A new password for Arengo"),
            text=_(
                "Hello {name},\n\nopen this link within two hours to choose a new password:"
                "\n\n{link}\n\nIf you did not ask for this, ignore it: the old one stays.\n",
                name=name,
                link=host.url(f"/password/{token}"),
            ),
        )
    )


async def send_sign_in_link(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail a link that signs in."""
    async with host.unit_of_work(Caller.program()) as uow:
        person = await owner_of(uow, payload["account"])
        if person is None:
            return
        set_locale(person.locale)
        token = await host.identity.make_link(
            uow, purpose=SIGN_IN_LINK, subject_id=person.id, organization_id=None, life=LINK_LIFE
        )
        to, name = person.email, person.name
    await host.mail.send(
        Mail(
            to=to,
            subject=_("Your link to sign in to Arengo"),
            text=_(
                "Hello {name},\n\nopen this link within 15 minutes to sign in; it works once:"
                "\n\n{link}\n\nIf you did not ask for this, ignore it: nothing happens.\n",
                name=name,
                link=host.url(f"/sign-in/link/{token}"),
            ),
        )
    )


JOBS = [
    Job(SEND_INVITATION, send_invitation, title=N_("Send an invitation")),
    Job(SEND_RESET, send_reset, title=N_("Send a link for a new password")),
    Job(SEND_SIGN_IN_LINK, send_sign_in_link, title=N_("Mail a link that signs in")),
]
