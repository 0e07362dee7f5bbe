"""Rules of privacy: one's own copy of everything, erasure, what is kept no longer than said."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from arengo_core import clock
from arengo_core.caller import LEADERS, Caller, OrganizationKind, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import gettext
from arengo_core.identity import repository as identity
from arengo_core.identity.models import Person
from arengo_core.identity.sessions import require_session
from arengo_core.jobs.definition import Job
from arengo_core.organizations import repository as organizations
from arengo_core.privacy import repository
from arengo_core.privacy.declaration import Erasure
from arengo_core.privacy.register import Holding, holdings
from arengo_core.tasks import service as tasks


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a person's rows in a table."""

    holding: Holding
    rows: int

    @property
    def is_kept(self) -> bool:
        """Whether the rows stay, for the reason that the table declares."""
        return self.holding.personal.erasure is Erasure.KEEP


async def _self(uow: UnitOfWork) -> Person:
    """The signed-in person, by a session: no token exports or erases anybody."""
    user_id, _ = require_session(uow)
    person = await uow.session.get(Person, user_id)
    assert person is not None, "whoever is signed in is somebody"
    return person


@asynccontextmanager
async def _everywhere(uow: UnitOfWork) -> AsyncGenerator[None]:
    """Reach every organization: only rows of one person, or over their time, are touched."""
    everyone = await organizations.everyone(uow.session)
    governs = [row.id for row in everyone if row.kind == OrganizationKind.CONSORTIUM.value]
    async with uow.widened([row.id for row in everyone], governs):
        yield


@asynccontextmanager
async def _reaching(
    uow: UnitOfWork, holding: Holding, whom: repository.Whom
) -> AsyncGenerator[None]:
    """Reach, beside every organization, a table's rows that are tenants of their own."""
    found = await repository.tenants_of(uow.session, holding.table, holding.personal, whom)
    async with uow.widened(found):
        yield


def _of_people(host: Host) -> list[Holding]:
    return [holding for holding in holdings(host.registry) if holding.personal.finders]


def _whom(host: Host, person: Person) -> repository.Whom:
    return repository.Whom(person.id, person.email, host.identity.secret)


async def export(uow: UnitOfWork, host: Host) -> bytes:
    """Everything that the tables hold of the caller: a zip with a JSON file for each plugin."""
    return await _copy(uow, host, _whom(host, await _self(uow)))


async def export_of(uow: UnitOfWork, host: Host, email: str) -> bytes:
    """As :func:`export`, of somebody without an account, for an operator.

    ConflictError where the address has an account: then it is the person's own to ask for.
    """
    return await _copy(uow, host, await _guest(uow, host, email))


async def _guest(uow: UnitOfWork, host: Host, email: str) -> repository.Whom:
    if await host.identity.has_account(uow, email):
        raise ConflictError(
            "This address has an account: its owner does so on the account's page.", field="email"
        )
    return repository.Whom(None, email.strip(), host.identity.secret)


async def _copy(uow: UnitOfWork, host: Host, whom: repository.Whom) -> bytes:
    files: dict[str, dict[str, Any]] = {}
    async with _everywhere(uow):
        for holding in _of_people(host):
            async with _reaching(uow, holding, whom):
                rows = await repository.rows_of(uow.session, holding.table, holding.personal, whom)
            if rows:
                files.setdefault(holding.plugin, {})[holding.table.name] = {
                    "why": gettext(holding.personal.why),
                    "kept": gettext(holding.personal.kept),
                    "rows": rows,
                }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for plugin, tables in files.items():
            text = msgspec.json.format(msgspec.json.encode(tables), indent=2)
            archive.writestr(f"{plugin}.json", text)
    return out.getvalue()


async def erase(uow: UnitOfWork, host: Host, *, email: str) -> list[Outcome]:
    """Erase the caller's account and data; what the law makes keep stays and is named.

    ``email`` is typed again, so that nobody does it by mistake. ConflictError while the person
    is the last one in charge of an organization.
    """
    person = await _self(uow)
    if email.strip().lower() != person.email.lower():
        raise InvalidInputError("This is not your address.", field="email")
    places = sorted({grant.organization_id for grant in uow.caller.grants if grant.role})
    await _require_others(uow, person, places)
    for place in places:
        uow.audit(place, "person.erased", "User", person.id)
    await uow.flush()
    outcomes, _ = await _erased(uow, host, _whom(host, person))
    return outcomes


async def erase_of(uow: UnitOfWork, host: Host, email: str) -> list[Outcome]:
    """As :func:`erase`, of somebody without an account, for an operator.

    The log of each organization that held what was erased says so, with the number of its rows.
    """
    outcomes, rows = await _erased(uow, host, await _guest(uow, host, email))
    for place in await organizations.by_ids(uow.session, list(rows)):
        uow.audit(place, "guest.erased", "Guest", rows=rows[place])
    return outcomes


async def _erased(
    uow: UnitOfWork, host: Host, whom: repository.Whom
) -> tuple[list[Outcome], Counter[UUID]]:
    """What became of each table's rows, and how many are gone or emptied by organization."""
    outcomes: list[Outcome] = []
    touched: Counter[UUID] = Counter()
    async with _everywhere(uow):
        if whom.user_id is not None:
            await tasks.forget_files(uow, whom.user_id)
        for holding in _of_people(host):
            act = {
                Erasure.DELETE: repository.remove_of,
                Erasure.BLANK: repository.blank_of,
                Erasure.KEEP: repository.count_of,
            }[holding.personal.erasure]
            of_them = (uow.session, holding.table, holding.personal, whom)
            async with _reaching(uow, holding, whom):
                if holding.personal.erasure is not Erasure.KEEP:
                    touched.update(await repository.organizations_of(*of_them))
                rows = await act(*of_them)
            if rows:
                outcomes.append(Outcome(holding, rows))
    return outcomes, touched


async def _require_others(uow: UnitOfWork, person: Person, places: Sequence[Any]) -> None:
    held = await identity.roles_in(uow.session, *places)
    names = await organizations.by_ids(uow.session, places)
    for place in places:
        leaders = {row.user_id for row in held if row.organization_id == place and _leads(row.role)}
        if leaders == {person.id}:
            raise ConflictError(
                "You are the last person in charge of {name}. Put somebody else in charge first.",
                name=names[place].name,
            )


def _leads(role: str) -> bool:
    return Role(role) in LEADERS


async def clear_over(host: Host, _payload: dict[str, Any]) -> None:
    """Job: delete what is kept no longer, table by table."""
    for holding in holdings(host.registry):
        retention = holding.personal.retention
        if retention is None:
            continue
        async with host.unit_of_work(Caller.program()) as uow, _everywhere(uow):
            await repository.remove_older(uow.session, holding.table, retention, clock.now())


CLEAR_OVER = Job("core.clear_personal_data", clear_over)
