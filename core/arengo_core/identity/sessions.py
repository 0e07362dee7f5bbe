"""A person's own sessions: which there are, ending one, ending all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import NotFoundError, UnauthenticatedError
from arengo_core.i18n import N_
from arengo_core.identity import attempts, repository
from arengo_core.identity.models import UserSession
from arengo_core.jobs.definition import Job, Schedule

if TYPE_CHECKING:
    from arengo_core.host import Host


def require_session(uow: UnitOfWork) -> tuple[UUID, UUID]:
    """User and session of a signed-in caller: an API token does not manage how one signs in."""
    if uow.caller.session_id is None:
        raise UnauthenticatedError("Sign in first.")
    return uow.caller.require_signed_in(), uow.caller.session_id


async def own(uow: UnitOfWork) -> Sequence[UserSession]:
    """The caller's live sessions, the last used first."""
    user_id, _ = require_session(uow)
    return await repository.sessions_of(uow.session, user_id, clock.now())


async def note_use(uow: UnitOfWork) -> None:
    """Note that the caller's session is in use."""
    _, session_id = require_session(uow)
    await repository.note_session_use(uow.session, session_id, clock.now())


async def end(uow: UnitOfWork, session_id: UUID) -> None:
    """End one of the caller's sessions. NotFoundError when it is none of theirs."""
    user_id, _ = require_session(uow)
    if not await repository.remove_sessions(uow.session, user_id, only=session_id):
        raise NotFoundError("There is no such session.")


async def end_others(uow: UnitOfWork) -> int:
    """End all of the caller's sessions but this one; how many there were."""
    user_id, session_id = require_session(uow)
    return await repository.remove_sessions(uow.session, user_id, but=session_id)


async def _clear_away(host: Host, _payload: dict[str, Any]) -> None:
    moment = clock.now()
    async with host.unit_of_work(Caller.program()) as uow:
        await repository.clear_sign_ins(
            uow.session,
            failed_before=moment - attempts.FORGOTTEN_AFTER,
            known_before=moment - attempts.KNOWN_FOR,
            at=moment,
        )


CLEAR_AWAY = Job("core.clear_sign_ins", _clear_away, title=N_("Clear away ended sign-ins"))
SCHEDULES = [Schedule(CLEAR_AWAY, "11 3 * * *")]
