"""The job that hands a message to a channel, between two transactions of its own."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from arengo_communications.contract import Channel, MessageRequest, MessageSent, SendOutcome, Sent
from arengo_communications.messages import repository
from arengo_communications.messages.models import Dispatch, DispatchState
from arengo_communications.messages.service import DISPATCH, unseal
from arengo_communications.messages.usage import REPORT_USAGE
from arengo_communications.offering import SERVICE_KEY, settings_of
from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_core.i18n import N_
from arengo_core.jobs.definition import Job

ATTEMPTS = 6
TIME_LIMIT = 30.0
_FIRST_PAUSE = 30.0
_ABANDONED_AFTER = timedelta(minutes=3)
_OUTCOMES = {
    SendOutcome.SENT: DispatchState.SENT,
    SendOutcome.REFUSED: DispatchState.REFUSED,
    SendOutcome.UNKNOWN: DispatchState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A dispatch in this job's hands."""

    channel: str
    request: MessageRequest
    settings: dict[str, Any]
    message_id: UUID


def pause_after(attempts: int) -> float:
    """Seconds until the next try: half a minute, four times as long each time, with jitter."""
    return _FIRST_PAUSE * 4 ** (attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter


async def dispatch(host: Host, payload: dict[str, Any]) -> None:
    """Job: send one message by one channel. Does nothing when that was done."""
    member, dispatch_id = UUID(payload["organization"]), UUID(payload["dispatch"])
    taken = await _take(host, member, dispatch_id, payload)
    if taken is None:
        return
    try:
        sent = await _channel(host, taken).send(str(taken.message_id), taken.request)
        state = _OUTCOMES[sent.outcome]
    except UnavailableError as error:
        late = isinstance(error.__cause__, TimeoutError)
        state = DispatchState.UNKNOWN if late else DispatchState.FAILED
        sent = Sent(SendOutcome.UNKNOWN, reason=str(error.__cause__ or error))
    await _note(host, member, dispatch_id, state, sent)


def _channel(host: Host, taken: Taken) -> Channel:
    owned = host.registry.providers[(Channel, taken.channel)]
    made = owned.value.make(host, taken.settings)
    door = f"Channel {taken.channel}"
    return cast(Channel, host.guard.wrap(owned.plugin, made, door=door, time_limit=TIME_LIMIT))


async def _take(
    host: Host, member: UUID, dispatch_id: UUID, payload: dict[str, Any]
) -> Taken | None:
    async with host.unit_of_work(Caller.program([member])) as uow:
        row = await repository.lock_dispatch(uow.session, member, dispatch_id)
        if row is None or row.state in {DispatchState.SENT, DispatchState.REFUSED}:
            return None
        moment = clock.now()
        busy = row.state == DispatchState.SENDING and row.taken_at is not None
        if busy and row.taken_at and moment - row.taken_at < _ABANDONED_AFTER:
            uow.enqueue(DISPATCH, payload, delay=_ABANDONED_AFTER.total_seconds())
            return None
        message = await repository.get(uow.session, member, row.message_id)
        if message is None or message.sealed is None:
            return None
        if (Channel, row.channel) not in host.registry.providers:
            row.state, row.reason = DispatchState.FAILED.value, f"no channel {row.channel}"
            return None
        row.state, row.taken_at = DispatchState.SENDING.value, moment
        row.attempts += 1
        return Taken(
            row.channel,
            unseal(host.cipher, message.sealed),
            asdict(await settings_of(host, uow, member)),
            message.id,
        )


async def _note(
    host: Host, member: UUID, dispatch_id: UUID, state: DispatchState, sent: Sent
) -> None:
    async with host.unit_of_work(Caller.program([member])) as uow:
        row = await repository.lock_dispatch(uow.session, member, dispatch_id)
        if row is None or row.state != DispatchState.SENDING:
            return
        row.state, row.reference, row.reason = state.value, sent.reference, sent.reason[:300]
        again = {"dispatch": str(dispatch_id), "organization": str(member)}
        if state is DispatchState.SENT:
            await _sent(uow, row)
        elif state is not DispatchState.REFUSED and row.attempts < ATTEMPTS:
            uow.enqueue(DISPATCH, again, delay=pause_after(row.attempts))


async def _sent(uow: UnitOfWork, row: Dispatch) -> None:
    row.sent_at = moment = clock.now()
    await uow.session.flush()
    await repository.forget_content(uow.session, row.organization_id, row.message_id)
    message = await repository.get(uow.session, row.organization_id, row.message_id)
    uow.record(
        MessageSent(
            organization_id=row.organization_id,
            aggregate_id=row.message_id,
            channel=row.channel,
            topic=message.topic if message else "",
        )
    )
    uow.enqueue(
        REPORT_USAGE,
        {
            "organization": str(row.organization_id),
            "message": str(row.message_id),
            "at": moment.isoformat(),
        },
    )


JOBS = [
    Job(DISPATCH, dispatch, title=N_("Send a message"), service=SERVICE_KEY, finishes=True),
]
