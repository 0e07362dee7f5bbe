"""One more implementation of another plugin's contract: here a channel that writes to the log."""

import logging
from collections.abc import Mapping
from typing import Any

from arengo_communications.contract import Channel, MessageRequest, Recipient, SendOutcome, Sent
from arengo_core.host import Host
from arengo_core.plugins.contributions import Provider
from arengo_core.plugins.hookspecs import hookimpl


class LogChannel:
    """Reaches everybody, and nobody reads it."""

    def reaches(self, recipient: Recipient) -> bool:
        """Always."""
        return True

    async def send(self, key: str, request: MessageRequest) -> Sent:
        """Write it down."""
        logging.getLogger("example").info("message %s: %s", key, request.content.subject)
        return Sent(SendOutcome.SENT, key)


def _make(_host: Host, _settings: Mapping[str, Any]) -> LogChannel:
    return LogChannel()


@hookimpl
def arengo_providers() -> list[Provider]:
    return [Provider(Channel, "log", "Log", _make)]
