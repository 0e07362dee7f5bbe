"""Rules for messages: stored once, one dispatch a channel, tried again by a person's word."""

from __future__ import annotations

from uuid import UUID

import msgspec

from arengo_communications.contract import Channel, MessageRequest
from arengo_communications.messages import repository
from arengo_communications.messages.models import STUCK, Dispatch, DispatchState, Message
from arengo_communications.permissions import MESSAGES
from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError, NotFoundError
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.secrets import Cipher

DISPATCH = "communications.dispatch"
_KEY_LIMIT = 200


class MessageService:
    """The capability ``Messages``, in the caller's transaction."""

    def __init__(self, host: Host, uow: UnitOfWork) -> None:
        self._host = host
        self._uow = uow

    async def send(self, request: MessageRequest) -> UUID:
        """Store a message; a job sends it after commit. The same key again sends nothing."""
        async with self._uow.widened([request.organization_id]):
            return await store(self._host, self._uow, request)


def hint(email: str) -> str:
    """What the log shows of an address: ``m•••@example.it``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else "—"


def seal(cipher: Cipher, request: MessageRequest) -> bytes:
    """The request, encrypted."""
    return cipher.encrypt({"request": msgspec.json.encode(request).decode()})


def unseal(cipher: Cipher, sealed: bytes) -> MessageRequest:
    """The request again."""
    return msgspec.json.decode(cipher.decrypt(sealed)["request"], type=MessageRequest)


def channels_for(host: Host, request: MessageRequest) -> list[str]:
    """Keys of the channels that reach the recipient."""
    return [
        owned.value.key
        for owned in host.registry.providers_of(Channel)
        if owned.value.make(host, {}).reaches(request.recipient)
    ]


async def store(host: Host, uow: UnitOfWork, request: MessageRequest) -> UUID:
    """Store a message within reach of the member, and enqueue a job a channel."""
    if not 1 <= len(request.key) <= _KEY_LIMIT:
        raise InvalidInputError(
            "A message's key has 1 to {limit} characters.", field="key", limit=_KEY_LIMIT
        )
    member = request.organization_id
    message_id = await repository.insert_message(
        uow.session,
        {
            "id": new_id(),
            "organization_id": member,
            "key": request.key,
            "topic": request.topic,
            "subject": request.content.subject,
            "recipient_hint": hint(request.recipient.email),
            "sealed": seal(host.cipher, request),
            "created_at": clock.now(),
        },
    )
    if message_id is None:
        return await repository.id_of_key(uow.session, member, request.key)
    for channel in channels_for(host, request):
        row = Dispatch(id=new_id(), organization_id=member, message_id=message_id, channel=channel)
        uow.session.add(row)
        _enqueue(uow, row)
    await uow.session.flush()
    return message_id


def _enqueue(uow: UnitOfWork, row: Dispatch, delay: float = 0) -> None:
    uow.enqueue(
        DISPATCH, {"dispatch": str(row.id), "organization": str(row.organization_id)}, delay=delay
    )


async def send_again(uow: UnitOfWork, *, organization_id: UUID, message_id: UUID) -> None:
    """Try the channels again that refused, failed or lost their answer; leaders may."""
    uow.caller.require(organization_id, MESSAGES)
    message = await repository.get(uow.session, organization_id, message_id)
    if message is None:
        raise NotFoundError("There is no such message.")
    found = await repository.dispatches(uow.session, organization_id, [message_id])
    stuck = [row for row in found.get(message_id, []) if DispatchState(row.state) in STUCK]
    if not stuck:
        raise ConflictError("This message left or is on its way: there is nothing to send again.")
    for row in stuck:
        row.state, row.attempts, row.reason = DispatchState.QUEUED.value, 0, ""
        _enqueue(uow, row)
    uow.audit(organization_id, "message.sent_again", "Message", message_id)


async def sent_messages(
    uow: UnitOfWork, organization_id: UUID, *, size: int = 24, after: UUID | None = None
) -> list[tuple[Message, list[Dispatch]]]:
    """What a member sent, newest first; one row more than ``size`` if there is. For leaders."""
    uow.caller.require(organization_id, MESSAGES)
    rows = await repository.page(uow.session, organization_id, size, after)
    found = await repository.dispatches(uow.session, organization_id, [row.id for row in rows])
    return [(row, found.get(row.id, [])) for row in rows]
