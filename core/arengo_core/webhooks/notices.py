"""The mail that says that a webhook was switched off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core.caller import LEADERS, Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.identity import repository as identity
from arengo_core.jobs.definition import Job
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_core.webhooks import repository

NOTICE = "core.webhook_notice"


async def tell(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail whoever manages the organization that nothing is sent to an address any more."""
    organization_id = UUID(payload["organization"])
    async with host.unit_of_work(Caller.program([organization_id])) as uow:
        endpoint = await repository.endpoint(uow.session, UUID(payload["endpoint"]))
        if endpoint is None or endpoint.off_since is None:
            return
        organization = await organizations.get(uow, organization_id)
        grants = await identity.roles_in(uow.session, organization_id)
        leaders = [one.user_id for one in grants if one.role in LEADERS]
        await uow.widen(leaders)
        people = await identity.persons(uow.session, leaders)
        url, place = endpoint.url, organization.name
        addresses = sorted({person.email for person in people.values()})
        set_locale(organization.locale)
    for address in addresses:
        await host.mail.send(
            Mail(
                to=address,
                subject=_("A webhook of {place} is switched off", place=place),
                text=_(
                    "Events of {place} were not taken by this address for days:\n\n{url}\n\n"
                    "Nothing is sent there any more. When it works again, switch it on here and"
                    " send again what was missed:\n\n{link}\n",
                    place=place,
                    url=url,
                    link=host.url(f"/office/webhooks/{payload['endpoint']}"),
                ),
            )
        )


SEND_NOTICE = Job(NOTICE, tell, title=N_("Tell an organization that its webhook is switched off"))
