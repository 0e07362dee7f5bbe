"""Reading the log: what was asked for, who and what the entries name."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.audit import repository
from arengo_core.audit.models import AuditEntry
from arengo_core.audit.repository import Search
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.identity import repository as identity
from arengo_core.organizations import repository as organizations
from arengo_core.permissions.declared import LOG
from arengo_core.web.forms import day_named

PROGRAM = "program"
"""In place of a person's id: what the program itself did."""
MOST_EXPORTED = 100_000
_CHUNK = 1_000


def _id_of(value: str, field: str) -> UUID | None:
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInputError("Choose one of the list.", field=field) from None


def _day(asked: Mapping[str, str], field: str) -> date | None:
    return day_named(asked[field], field) if asked.get(field) else None


def midnight(day: date | None, *, later: int = 0) -> datetime | None:
    """The instant at which a day begins in Rome, or the one so many days later."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=later), time(), clock.ROME)


def search_of(asked: Mapping[str, str]) -> Search:
    """A search from fields of text: ``person``, ``act``, ``thing``, ``since``, ``until``.

    The days are whole and included. InvalidInputError names a field that is wrong.
    """
    person = asked.get("person", "")
    return Search(
        actor_id=None if person == PROGRAM else _id_of(person, "person"),
        by_program=person == PROGRAM,
        action=asked.get("act") or None,
        object_id=_id_of(asked.get("thing", ""), "thing"),
        since=midnight(_day(asked, "since")),
        until=midnight(_day(asked, "until"), later=1),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """Names of the people and organizations in entries."""

    people: Mapping[UUID, str]
    places: Mapping[UUID, str]


async def names_in(
    uow: UnitOfWork, rows: Sequence[AuditEntry], actors: Sequence[UUID] = ()
) -> Named:
    """Who the entries name, with further actors; people who are gone are left out."""
    people = {*actors, *(row.actor_id for row in rows if row.actor_id is not None)}
    places = {row.acting_id for row in rows if row.acting_id is not None}
    async with uow.widened(people):
        persons = await identity.persons(uow.session, list(people))
    found = await organizations.by_ids(uow.session, places)
    return Named(
        {key: person.name for key, person in persons.items()},
        {key: place.name for key, place in found.items()},
    )


async def page_of(
    uow: UnitOfWork, organization_id: UUID, search: Search, *, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """Entries that fit, newest first; the organization's leaders may read them."""
    uow.caller.require(organization_id, LOG)
    return await repository.entries(
        uow.session, organization_id, before=before, limit=limit, search=search
    )


async def all_of(
    uow: UnitOfWork, organization_id: UUID, search: Search
) -> AsyncGenerator[tuple[Sequence[AuditEntry], Named]]:
    """Every entry that fits, in portions, newest first; ``MOST_EXPORTED`` at most."""
    before: UUID | None = None
    for _ in range(MOST_EXPORTED // _CHUNK):
        rows = await page_of(uow, organization_id, search, before=before, limit=_CHUNK)
        if rows:
            yield rows, await names_in(uow, rows)
        if len(rows) < _CHUNK:
            return
        before = rows[-1].id
        uow.session.expunge_all()
