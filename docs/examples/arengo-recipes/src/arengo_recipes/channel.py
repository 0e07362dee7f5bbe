"""A channel: text messages through a provider that is asked over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arengo_communications.contract import MessageRequest, Recipient, SendOutcome, Sent
from arengo_core.host import Host
from arengo_recipes.asking import Refusal, Server, Unknown

_LONGEST = 160
DOMAIN = "@sms.example"


class Sms:
    """Sends a message's subject to people whose address is ``<number>@sms.example``."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def reaches(self, recipient: Recipient) -> bool:
        """Whether the address is a telephone's."""
        return recipient.email.endswith(DOMAIN)

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """The provider sends once for a key."""
        answer = await self._server.ask(
            "POST",
            "/messages",
            key,
            to=request.recipient.email.removesuffix(DOMAIN),
            text=request.content.subject[:_LONGEST],
        )
        if isinstance(answer, Unknown):
            return Sent(SendOutcome.UNKNOWN, reason=answer.reason)
        if isinstance(answer, Refusal):
            return Sent(SendOutcome.REFUSED, reason=answer.message)
        return Sent(SendOutcome.SENT, answer["id"])


def make_sms(_host: Host, settings: Mapping[str, Any]) -> Sms:
    """From the settings that the deployment holds."""
    return Sms(Server(str(settings.get("address", "")), str(settings.get("token", ""))))
