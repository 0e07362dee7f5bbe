"""The consortium's letters to a member, as messages of the member's own service."""

from __future__ import annotations

from uuid import UUID

from arengo_communications.contract import Content, MessageRequest, Recipient
from arengo_communications.messages.service import store
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_marketplace.contract import MemberLetter

TOPIC = "consortium"


class CorrespondenceService:
    """Implements the marketplace's ``Correspondence``, in the caller's transaction."""

    def __init__(self, host: Host, uow: UnitOfWork | None) -> None:
        assert uow is not None, "letters are taken over in their caller's transaction"
        self._host = host
        self._uow = uow

    async def send(self, letter: MemberLetter) -> UUID:
        """Store a letter; a job sends it after commit. The same key again sends nothing."""
        member = letter.organization_id
        request = MessageRequest(
            key=letter.key,
            organization_id=member,
            topic=TOPIC,
            recipient=Recipient(
                "", letter.email, letter.locale, member if letter.in_inbox else None
            ),
            content=Content(letter.subject, letter.paragraphs, action=letter.action),
            sender=letter.sender,
            reply_to=letter.reply_to,
        )
        async with self._uow.widened([member]):
            return await store(self._host, self._uow, request)
