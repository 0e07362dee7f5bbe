"""Channels that remote plugins bring: the contract, spoken over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from arengo_communications.contract import Channel, MessageRequest, Recipient, SendOutcome, Sent
from arengo_core.remote.calling import Refusal, Remote, Unknown
from arengo_core.remote.kinds import RemoteKind

_RECIPIENTS = "recipients"


@dataclass(frozen=True, slots=True)
class _Taken:
    reference: str


class RemoteChannel:
    """A channel behind ``/arengo/channel/<key>/send``.

    It reaches whose address fits the manifest's option ``recipients``, such as ``*@sms.example``.
    """

    def __init__(self, remote: Remote, key: str, recipients: str) -> None:
        self._remote = remote
        self._path = f"/channel/{key}"
        self._recipients = recipients.lower()

    def reaches(self, recipient: Recipient) -> bool:
        """Whether the address fits."""
        return bool(recipient.email) and fnmatchcase(recipient.email.lower(), self._recipients)

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """Hand a message over, once for a key."""
        asked = {"key": key, "message": msgspec.to_builtins(request)}
        answer = await self._remote.ask(f"{self._path}/send", key, asked, _Taken)
        if isinstance(answer, Unknown):
            return Sent(SendOutcome.UNKNOWN, reason=answer.reason)
        if isinstance(answer, Refusal):
            return Sent(SendOutcome.REFUSED, reason=answer.message or answer.code)
        return Sent(SendOutcome.SENT, answer.reference)


def _adapt(
    remote: Remote, key: str, options: Mapping[str, str], _settings: Mapping[str, Any]
) -> RemoteChannel:
    return RemoteChannel(remote, key, options[_RECIPIENTS])


CHANNEL = RemoteKind(
    "channel",
    Channel,
    _adapt,
    frozenset({_RECIPIENTS}),
    tests="arengo_communications.remote_tests:RemoteChannelTests",
)
