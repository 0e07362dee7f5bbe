"""The members' consents in the consent log."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.consents.contract import Before, ConsentAct, ConsentEntry, ConsentSource
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity import repository as identity
from arengo_core.organizations import repository as organizations
from arengo_marketplace.consents import repository
from arengo_marketplace.titles import service_title


async def read(
    host: Host, uow: UnitOfWork, organization_id: UUID, before: Before | None, limit: int
) -> Sequence[ConsentEntry]:
    """A member's consents to what services read and write, newest first."""
    rows = await repository.page(uow.session, organization_id, before, limit)
    people = list({row.by for row in rows if row.by})
    async with uow.widened(people):
        persons = await identity.persons(uow.session, people)
    others = {row.acting_for for row in rows if row.acting_for} - {organization_id}
    places = await organizations.by_ids(uow.session, list(others)) if others else {}

    def person(by: UUID | None) -> str:
        if by is None:
            return ""
        return persons[by].name if by in persons else gettext("A person who is gone")

    def other(place: UUID | None) -> str:
        return places[place].name if place is not None and place in places else ""

    return [
        ConsentEntry(
            id=row.id,
            at=row.at,
            who=person(row.by),
            what=service_title(host.registry, row.service),
            act=ConsentAct(row.act),
            words=tuple(
                f"{gettext('It writes') if key.endswith(':write') else gettext('It reads')}: {text}"
                for key, text in sorted(row.grants.items())
            ),
            in_name_of=other(row.acting_for),
        )
        for row in rows
    ]


SOURCE = ConsentSource("marketplace.services", read)
