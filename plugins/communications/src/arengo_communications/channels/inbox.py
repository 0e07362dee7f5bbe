"""The channel *inbox*: the organization's own page of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arengo_communications.contract import MessageRequest, Recipient, SendOutcome, Sent
from arengo_communications.inbox import service
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_

INBOX = "inbox"
TITLE = N_("Inbox")


class InboxChannel:
    """Puts a message into the recipient organization's inbox; the same key again does nothing."""

    def __init__(self, host: Host, _settings: Mapping[str, Any]) -> None:
        self._host = host

    def reaches(self, recipient: Recipient) -> bool:
        """Whether the recipient is an organization here."""
        return recipient.organization_id is not None

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """Put it there."""
        owner = request.recipient.organization_id
        if owner is None:
            return Sent(SendOutcome.REFUSED, reason="no inbox")
        async with self._host.unit_of_work(Caller.program([owner])) as uow:
            await service.put(uow, owner, key, request)
        return Sent(SendOutcome.SENT, reference=key)
