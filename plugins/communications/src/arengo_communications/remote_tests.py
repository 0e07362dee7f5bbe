"""Tests of a live remote channel, for ``arengo plugin check``."""

from __future__ import annotations

from typing import ClassVar

import pytest

from arengo_communications.channels.remote import CHANNEL
from arengo_communications.contract import Channel, MessageRequest, Recipient
from arengo_communications.contract_tests import ChannelContract, message_request
from arengo_core.ids import new_id
from arengo_core.remote.trying import FaultyLine


class _Line(FaultyLine):
    async def refuse_next(self) -> None:
        """Only the medium could."""
        pytest.skip("whom its medium refuses cannot be asked of a live channel")


class RemoteChannelTests(ChannelContract):
    """Its sample: ``recipient``, an address; made from the manifest's pattern without one."""

    options: ClassVar[dict[str, str]]
    recipient: ClassVar[str] = ""

    @pytest.fixture
    def far_side(self, far_side: FaultyLine) -> _Line:
        """The line to the channel."""
        return _Line(far_side.host, far_side.key, far_side.base_url)

    @pytest.fixture
    def channel(self, far_side: _Line) -> Channel:
        """The channel, behind a line that loses what it is told to."""
        return CHANNEL.adapt(far_side, self.provider, self.options, {})

    @pytest.fixture
    def message(self) -> MessageRequest:
        """A message to somebody whom the channel reaches."""
        address = self.recipient or self.options["recipients"].replace("*", new_id().hex)
        return message_request(recipient=Recipient("Ada Prova", address, "it"))

    async def arrived(self, channel: Channel, message: MessageRequest) -> int:
        """Its medium is out of sight: what it says of a message is believed."""
        return 1
