"""Calls to a remote plugin, and what each end of a call means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import msgspec

from arengo_core import clock, tracing
from arengo_core.errors import UnavailableError
from arengo_core.host import Host
from arengo_core.ids import new_token
from arengo_core.remote import keys, secrets, signing
from arengo_core.webhooks import signing as webhooks

T = TypeVar("T")
TIME_LIMIT = 10.0
LONGEST_ANSWER = 1_000_000
PREFIX = "/arengo"
"""Every call goes below this path of the plugin's address."""

_LONGEST_SAID = 300
_DONE = 200
# Of the others nobody can say that the plugin meant them: its clock, its limits, its proxy.
_REFUSALS = frozenset({400, 403, 404, 409, 410, 422})


@dataclass(frozen=True, slots=True)
class Refusal:
    """The plugin said no, with ``code`` and ``message``: nothing happened."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened or not: the answer was lost, late, too long, or made no sense."""

    reason: str


class _Said(msgspec.Struct):
    code: str
    message: str


class NoAnswerError(Exception):
    """The plugin did not answer, or not as the protocol says: a fault of the plugin."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A plugin at its address, as the host reaches it."""

    host: Host
    key: str
    base_url: str
    time_limit: float = TIME_LIMIT

    async def ask(
        self, path: str, idempotency_key: str, values: Mapping[str, Any], kind: type[T]
    ) -> T | Refusal | Unknown:
        """One signed call with a JSON object; the same key makes it harmless to repeat.

        ``kind`` is what the answer's JSON must be. Each path is a door of the plugin with a
        breaker of its own.
        """
        try:
            return await self.host.guard.call(
                self.key,
                f"call {path}",
                lambda: self._call(path, idempotency_key, values, kind),
                time_limit=self.time_limit + 1,
            )
        except UnavailableError as error:
            return Unknown(str(error.__cause__ or error))

    async def insist(self, path: str, values: Mapping[str, Any], kind: type[T]) -> T:
        """As :meth:`ask`, for questions that change nothing: NoAnswerError unless answered."""
        answer = await self.ask(path, new_token(16), values, kind)
        if isinstance(answer, Refusal | Unknown):
            raise NoAnswerError(str(answer))
        return answer

    async def _call(
        self, path: str, idempotency_key: str, values: Mapping[str, Any], kind: type[T]
    ) -> T | Refusal:
        url = f"{self.base_url}{PREFIX}{path}"
        body = msgspec.json.encode(dict(values))
        headers = signing.headers(await keys.signer(self.host), url, body, idempotency_key)
        headers |= {"User-Agent": "Arengo-Remote/1", "X-Trace-Id": tracing.current()}
        try:
            answer = await self.host.outbound.send(
                "POST",
                url,
                content=body,
                headers=headers,
                time_limit=self.time_limit,
                longest_answer=LONGEST_ANSWER,
            )
        except httpx.HTTPError as error:
            raise NoAnswerError(f"{type(error).__name__}: {error}"[:_LONGEST_SAID]) from None
        try:
            if answer.status == _DONE:
                return msgspec.json.decode(answer.body, type=kind)
            if answer.status in _REFUSALS:
                said = msgspec.json.decode(answer.body, type=_Said)
                return Refusal(said.code[:_LONGEST_SAID], said.message[:_LONGEST_SAID])
        except (msgspec.DecodeError, ValueError) as error:
            raise NoAnswerError(f"HTTP {answer.status}, not as agreed: {error}") from None
        raise NoAnswerError(f"HTTP {answer.status}")

    async def took(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether a message is the plugin's: signed by our shared secret, and fresh."""
        async with self.host.sessions() as session:
            valid = await secrets.of_plugin(session, self.host.cipher, self.key)
        return webhooks.is_genuine(valid, headers, body, clock.now())

    async def answers(self) -> bool:
        """Whether it answers to ``/health``: the plugin's own check."""
        return isinstance(await self.ask("/health", new_token(16), {}, dict), dict)
