"""Rules for lift reports. A service never commits: the unit of work does, or nothing happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_id
from arengo_core.plugins import gate
from arengo_skilift.contract import SERVICE, LiftReported, LiftState, LiftView
from arengo_skilift.lifts import repository
from arengo_skilift.lifts.models import Lift
from arengo_skilift.permissions import REPORT

STALE_AFTER = timedelta(hours=24)


def view_of(lift: Lift) -> LiftView:
    """A lift as others see it."""
    return LiftView(
        organization_id=lift.organization_id,
        name=lift.name,
        state=LiftState(lift.state),
        note=lift.note,
        reported_at=lift.reported_at,
    )


def _state(value: str) -> LiftState:
    try:
        return LiftState(value)
    except ValueError:
        raise InvalidInputError("A lift is open or closed.", field="state") from None


async def report(
    uow: UnitOfWork, *, organization_id: UUID, name: str, state: str, note: str = ""
) -> Lift:
    """Say how a lift is; the first report of a name makes the lift.

    NotActiveError where the member has not switched the service on, ForbiddenError for people
    of other organizations.
    """
    uow.caller.require(organization_id, REPORT)
    await gate.require_active(uow.session, SERVICE, organization_id)
    if not 1 <= len(name.strip()) <= 80:
        raise InvalidInputError("A name of 1 to 80 characters is needed.", field="name")
    if len(note) > 200:
        raise InvalidInputError("At most 200 characters are possible.", field="note")
    now_is = _state(state)
    lift = await repository.named(uow.session, organization_id, name.strip())
    if lift is None:
        lift = Lift(id=new_id(), organization_id=organization_id, name=name.strip())
        uow.session.add(lift)
    lift.state, lift.note, lift.reported_at = now_is.value, note.strip(), clock.now()
    await uow.session.flush()
    uow.record(LiftReported(organization_id, lift.id, state=now_is.value))
    uow.audit(organization_id, "lift.reported", "Lift", lift.id, state=now_is.value)
    return lift


async def in_the_valley(uow: UnitOfWork) -> Sequence[LiftView]:
    """Lifts of all members that have the service: members publish them by switching it on."""
    members = await gate.active_members(uow.session, SERVICE)
    async with uow.widened(members):
        return [view_of(lift) for lift in await repository.of_members(uow.session, members)]


async def open_lifts(uow: UnitOfWork, organization_id: UUID) -> int | None:
    """How many lifts of a member run; None where it has not switched the service on."""
    if not await gate.is_active(uow.session, SERVICE, organization_id):
        return None
    async with uow.widened([organization_id]):
        return await repository.count_open(uow.session, organization_id)


async def forget_stale(uow: UnitOfWork) -> int:
    """Nobody knows whether a lift still runs a day after the last report; how many there were."""
    members = await gate.active_members(uow.session, SERVICE)
    async with uow.widened(members):
        stale = await repository.open_since_before(uow.session, members, clock.now() - STALE_AFTER)
        for lift in stale:
            lift.state = LiftState.UNKNOWN.value
    return len(stale)


@dataclass(frozen=True, slots=True)
class Reports:
    """The capability: :class:`arengo_skilift.contract.LiftReports`."""

    uow: UnitOfWork

    async def lifts(self, organization_id: UUID) -> Sequence[LiftView]:
        """The lifts of a member, by name."""
        async with self.uow.widened([organization_id]):
            rows = await repository.of_members(self.uow.session, [organization_id])
            return [view_of(row) for row in rows]
