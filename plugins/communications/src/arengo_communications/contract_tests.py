"""What every channel must do: subclass :class:`ChannelContract`."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

import pytest

from arengo_communications.contract import (
    Channel,
    Content,
    MessageRequest,
    Recipient,
    SendOutcome,
)
from arengo_core.ids import new_id
from arengo_core.testing.contracts import ContractTests, FarSide


class ChannelFarSide(FarSide, Protocol):
    """The medium's server, and whom it does not know."""

    async def refuse_next(self) -> None:
        """Refuse the next message for good: there is no such recipient."""
        ...


def message_request(**changes: Any) -> MessageRequest:
    """An order's news to somebody new, under a key of its own."""
    fields: dict[str, Any] = {
        "key": f"test:{new_id()}",
        "organization_id": new_id(),
        "topic": "order",
        "recipient": Recipient("Ada Prova", f"{new_id().hex}@shopper.example", "it", new_id()),
        "content": Content("Il tuo ordine è pronto", ("Buongiorno <Ada> & tutti,", "è pronto.")),
        **changes,
    }
    return MessageRequest(**fields)


class ChannelContract(ContractTests):
    """Give the fixtures ``channel``, ``impatient``, ``message`` and ``stranger`` (where the given
    ones do not fit) and ``far_side`` (:class:`ChannelFarSide`), and the method ``arrived``.

    ``recognises_copies``: whether the same key arrives once; a medium that cannot (e-mail) sends
    the copy under the same reference.
    """

    contract = Channel
    recognises_copies: ClassVar[bool] = True

    @pytest.fixture
    def channel(self) -> Channel:
        """The channel under test."""
        raise NotImplementedError(f"{type(self).__name__} gives no fixture channel")

    @pytest.fixture
    def impatient(self, channel: Channel) -> Channel:
        """The same channel with a short time limit."""
        return channel

    @pytest.fixture
    def message(self) -> MessageRequest:
        """A message to somebody whom the channel reaches."""
        return message_request()

    @pytest.fixture
    def stranger(self) -> Recipient:
        """Somebody whom the channel does not reach."""
        return Recipient("Nessuno", "", "it")

    async def arrived(self, channel: Channel, message: MessageRequest) -> int:
        """How many copies of a message arrived."""
        raise NotImplementedError(f"{type(self).__name__} has no method arrived")

    def test_it_knows_whom_it_reaches(
        self, channel: Channel, message: MessageRequest, stranger: Recipient
    ) -> None:
        assert channel.reaches(message.recipient), "it does not reach its own recipient"
        assert not channel.reaches(stranger), "it believes that it reaches anybody"

    async def test_a_message_arrives(self, channel: Channel, message: MessageRequest) -> None:
        sent = await self.in_time(channel.send(message.key, message))
        assert sent.outcome is SendOutcome.SENT, sent
        assert sent.reference, "what was sent has no reference"
        assert await self.arrived(channel, message) == 1, "sent is said, and nothing arrived"

    async def test_the_same_key_is_one_message(
        self, channel: Channel, message: MessageRequest
    ) -> None:
        first = await self.in_time(channel.send(message.key, message))
        again = await self.in_time(channel.send(message.key, message))
        assert again == first, "the same key sent another message"
        if self.recognises_copies:
            assert await self.arrived(channel, message) == 1, "the same key arrived twice"

    async def test_a_refusal_says_why(
        self, channel: Channel, message: MessageRequest, far_side: ChannelFarSide
    ) -> None:
        await far_side.refuse_next()
        sent = await self.in_time(channel.send(message.key, message))
        assert sent.outcome is SendOutcome.REFUSED, sent
        assert sent.reason, "a refusal says nothing"
        assert await self.arrived(channel, message) == 0, "refused is said, and it arrived"

    async def test_a_lost_answer_is_unknown(
        self, channel: Channel, message: MessageRequest, far_side: ChannelFarSide
    ) -> None:
        await far_side.lose_next_answer()
        sent = await self.in_time(channel.send(message.key, message))
        assert sent.outcome is SendOutcome.UNKNOWN, f"a lost answer is told as {sent}"
        again = await self.in_time(channel.send(message.key, message))
        assert again.outcome is SendOutcome.SENT, again
        if self.recognises_copies:
            assert await self.arrived(channel, message) == 1, "the retry arrived twice"

    async def test_silence_ends_within_the_time_limit_and_is_unknown(
        self, impatient: Channel, message: MessageRequest, far_side: ChannelFarSide
    ) -> None:
        await far_side.fall_silent()
        sent = await self.in_time(impatient.send(message.key, message))
        assert sent.outcome is SendOutcome.UNKNOWN, f"silence is told as {sent}"
