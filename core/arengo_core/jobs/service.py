"""Dead letters: jobs and deliveries of events that gave up, to be replayed or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import DELIVER, UnitOfWork
from arengo_core.errors import ForbiddenError, NotFoundError
from arengo_core.host import Host
from arengo_core.i18n import N_, gettext
from arengo_core.jobs import repository
from arengo_core.jobs.repository import Held
from arengo_core.organizations import repository as organizations
from arengo_core.outbox.delivery import pass_over
from arengo_core.outbox.events import EventHandler
from arengo_core.permissions.declared import HELD_WORK
from arengo_core.plugins.registry import Registry
from arengo_core.tasks.definition import UNTOLD, Progress

MOST_SHOWN = 500
_ALL = 100_000


class Stand(NamedTuple):
    """Where a handler of events stands still: before which aggregate's next event."""

    handler: str
    aggregate: UUID
    organization: UUID


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Work that gave up: one job, or every held delivery of one aggregate to one handler.

    ``error`` and ``trace_id`` are of the first that gave up, ``job_ids`` all that wait.
    """

    id: int
    plugin: str
    title: str
    name: str
    failed_at: datetime
    error: str
    trace_id: str
    job_ids: tuple[int, ...]
    versions: tuple[int, ...] = ()
    stand: Stand | None = None

    @property
    def is_event(self) -> bool:
        """Whether it is the delivery of an event; else a job."""
        return self.stand is not None


def require_officer(uow: UnitOfWork) -> None:
    """Officers of a consortium and the operator's own commands look after the plugins' work."""
    if uow.caller.system is not None:
        return
    uow.caller.require_signed_in()
    if not _consortia(uow):
        raise ForbiddenError("Only the consortium's office may do this.")


def _consortia(uow: UnitOfWork) -> list[UUID]:
    caller = uow.caller
    places = {grant.organization_id for grant in caller.grants}
    return [place for place in places if caller.may(place, HELD_WORK)]


async def dead_letters(uow: UnitOfWork, host: Host, *, most: int = MOST_SHOWN) -> list[DeadLetter]:
    """What gave up, the oldest first."""
    require_officer(uow)
    return _grouped(host.registry, await repository.held(uow.session, most))


def _grouped(registry: Registry, rows: Sequence[Held]) -> list[DeadLetter]:
    groups: dict[object, list[Held]] = {}
    for row in rows:
        groups.setdefault(_stand(row) or row.id, []).append(row)
    return [_letter(registry, group) for group in groups.values()]


def _stand(row: Held) -> Stand | None:
    if row.name != DELIVER:
        return None
    said = row.payload
    return Stand(said["handler"], UUID(said["aggregate"]), UUID(said["organization"]))


def _letter(registry: Registry, group: list[Held]) -> DeadLetter:
    first = group[0]
    stand = _stand(first)
    known = registry.event_handlers if stand else registry.jobs
    name = stand.handler if stand else first.name
    owned = known.get(name)
    what: Any = owned.value if owned else None
    title = what.event.title if isinstance(what, EventHandler) else getattr(what, "title", "")
    return DeadLetter(
        id=first.id,
        plugin=owned.plugin if owned else name.partition(".")[0],
        title=gettext(title) if title else name,
        name=name,
        failed_at=first.failed_at,
        error=first.error,
        trace_id=first.trace_id,
        job_ids=tuple(row.id for row in group),
        versions=tuple(row.payload["version"] for row in group) if stand else (),
        stand=stand,
    )


async def waiting(uow: UnitOfWork, host: Host) -> dict[str, int]:
    """How many jobs are held, by plugin."""
    counts: dict[str, int] = {}
    for letter in await dead_letters(uow, host, most=_ALL):
        counts[letter.plugin] = counts.get(letter.plugin, 0) + len(letter.job_ids)
    return counts


async def _find(uow: UnitOfWork, host: Host, number: int) -> DeadLetter:
    for letter in await dead_letters(uow, host, most=_ALL):
        if number in letter.job_ids:
            return letter
    raise NotFoundError("This is not held any more.")


async def replay(uow: UnitOfWork, host: Host, number: int) -> DeadLetter:
    """Start again what gave up, with all its attempts. NotFoundError when it is not held."""
    letter = await _find(uow, host, number)
    await _start(uow, letter)
    return letter


async def _start(uow: UnitOfWork, letter: DeadLetter) -> None:
    await repository.start_again(uow.session, letter.job_ids)
    for place in await _logs(uow):
        uow.audit(place, "job.replayed", "Job", **_told(letter))


def require_plugin(host: Host, plugin: str) -> None:
    """NotFoundError unless a plugin is loaded."""
    if plugin not in {loaded.name for loaded in host.registry.plugins}:
        raise NotFoundError("There is no such plugin.")


async def replay_plugin(
    uow: UnitOfWork, host: Host, plugin: str, *, progress: Progress = UNTOLD
) -> int:
    """Start again all that gave up in one plugin; how many jobs. NotFoundError: no such plugin."""
    require_officer(uow)
    require_plugin(host, plugin)
    letters = [
        letter for letter in await dead_letters(uow, host, most=_ALL) if letter.plugin == plugin
    ]
    for place, letter in enumerate(letters):
        await progress.tell(N_("Starting held work again"), place, len(letters))
        await _start(uow, letter)
    return sum(len(letter.job_ids) for letter in letters)


async def discard(uow: UnitOfWork, host: Host, number: int) -> DeadLetter:
    """Give up for good: a job is not done, an event passed over, and what waited behind goes on.

    NotFoundError when it is not held.
    """
    letter = await _find(uow, host, number)
    gone = list(letter.job_ids)
    if letter.stand is not None:
        reached = await pass_over(uow, *letter.stand)
        behind = [
            job
            for job, version in zip(letter.job_ids, letter.versions, strict=True)
            if version > reached
        ]
        await repository.start_again(uow.session, behind)
        gone = [job for job in gone if job not in behind]
    await repository.remove(uow.session, gone)
    for place in await _logs(uow):
        uow.audit(place, "job.discarded", "Job", **_told(letter))
    return letter


def _told(letter: DeadLetter) -> dict[str, Any]:
    return {
        "plugin": letter.plugin,
        "name": letter.name,
        "job_ids": letter.job_ids,
        "trace": letter.trace_id,
    }


async def _logs(uow: UnitOfWork) -> list[UUID]:
    """Whose logs tell of it: the consortium the officer acts for, every one of the operator's."""
    if uow.caller.system is not None:
        everyone = await organizations.everyone(uow.session)
        return [row.id for row in everyone if row.kind == OrganizationKind.CONSORTIUM]
    consortia = _consortia(uow)
    return [one for one in consortia if one == uow.caller.acting_id] or consortia[:1]
