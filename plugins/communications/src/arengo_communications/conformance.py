"""The channels that this plugin brings, tried by their contract's tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from email import message_from_bytes
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller

from arengo_communications.channels.email import EMAIL, EmailChannel
from arengo_communications.channels.inbox import INBOX, InboxChannel
from arengo_communications.contract import Channel, MessageRequest
from arengo_communications.contract_tests import ChannelContract, message_request
from arengo_communications.inbox import repository
from arengo_communications.messages.usage import REPORT_USAGE
from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.cli.supervisor import free_port
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.mail.sender import MailSender
from arengo_marketplace.testing import ConsortiumMade

OPEN = {
    "read after a suspension too; the rule asks the gate of who has nothing": ("/*/inbox*",),
    "what was sent is looked at, and ended, after a suspension too": ("/*/messages*",),
    "what was announced is looked at after a suspension too; writing and sending ask the gate": (
        "/office/announcements*",
    ),
    "anybody's; subscribing asks the gate": (
        "/towns/*",
        "Query.publishedAnnouncements",
        "Mutation.subscribeToAnnouncements",
    ),
    "who subscribed has a secret for it": (
        "/subscriptions/*",
        "/unsubscribe/*",
        "Mutation.confirmSubscription",
        "Mutation.unsubscribe",
    ),
}
"""What names no service, by why it is open; the kit asks for each."""


async def _counted(_host: Host, member: UUID) -> dict[str, Any]:
    return {"organization": str(member), "message": str(new_id()), "at": clock.now().isoformat()}


PAYLOADS = {REPORT_USAGE: _counted}
"""What jobs are tried with, made for a member; the kit runs each twice."""


class MailServer:
    """An SMTP server that does as the test says, once."""

    def __init__(self) -> None:
        self.mood = ""
        self.kept: list[bytes] = []
        self.url = ""

    async def refuse_next(self) -> None:
        self.mood = "refuse"

    async def lose_next_answer(self) -> None:
        self.mood = "lose"

    async def fall_silent(self) -> None:
        self.mood = "silent"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, or not."""
        mood, self.mood = self.mood, ""
        if mood == "refuse":
            return "550 no such person here"
        if mood == "silent":
            await asyncio.sleep(60)
        self.kept.append(envelope.content)
        if mood == "lose":
            server.transport.abort()
        return "250 kept"


def _by(server: MailServer, host: Host, time_limit: float) -> EmailChannel:
    mail = MailSender(server.url, "Arengo <a@arengo.example>", time_limit)
    seen = SimpleNamespace(mail=mail, unit_of_work=host.unit_of_work, settings=host.settings)
    return EmailChannel(cast("Host", seen), {})


class TestEmail(ChannelContract):
    """E-mail against a server over SMTP, which keeps every copy: a reader tells by Message-ID."""

    provider = EMAIL
    recognises_copies = False

    @pytest.fixture
    def far_side(self) -> Iterator[MailServer]:
        """The server, listening."""
        server = MailServer()
        controller = Controller(server, hostname="127.0.0.1", port=free_port())
        controller.start()
        server.url = f"smtp://127.0.0.1:{controller.port}"
        yield server
        controller.stop()

    @pytest.fixture
    async def message(
        self, make_consortium: Callable[..., Awaitable[ConsortiumMade]]
    ) -> MessageRequest:
        """A member's message."""
        return message_request(organization_id=(await make_consortium()).lead.id)

    @pytest.fixture
    def channel(self, host: Host, far_side: MailServer) -> EmailChannel:
        """The channel of a host whose mail goes to that server."""
        self.server = far_side
        return _by(far_side, host, self.time_limit)

    @pytest.fixture
    def impatient(self, host: Host, far_side: MailServer) -> EmailChannel:
        """The same, in a hurry; it must get as far as the message."""
        return _by(far_side, host, 3.0)

    async def arrived(self, channel: Channel, message: MessageRequest) -> int:
        """Copies that the server kept."""
        ids = [message_from_bytes(content)["Message-ID"] for content in self.server.kept]
        return sum(quote(message.key) in str(found) for found in ids)


class TestInbox(ChannelContract):
    """The organization's own page of messages, in our tables."""

    provider = INBOX
    is_remote = False

    @pytest.fixture
    def channel(self, host: Host) -> InboxChannel:
        """There is nothing to set."""
        self.host = host
        return InboxChannel(host, {})

    async def arrived(self, channel: Channel, message: MessageRequest) -> int:
        """Items in the recipient's inbox."""
        owner = message.recipient.organization_id
        assert owner is not None
        async with self.host.unit_of_work(Caller.program([owner])) as uow:
            items = await repository.page(uow.session, owner, 10, None, unread=False)
            return sum(item.key == message.key for item in items)
