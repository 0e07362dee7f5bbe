"""Idempotency keys as Stripe keeps them (API reference, "Idempotent requests").

The first answer to a key is replayed for 24 hours, failures after execution began included;
a request that was refused for its parameters leaves no trace.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from arengo_payments.standin.errors import ApiError
from arengo_payments.standin.forms import Json

LIFE = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given."""

    status: int
    body: Json
    request_id: str

    @property
    def is_kept(self) -> bool:
        """Whether a retry with the same key gets this answer again."""
        return self.status in (200, 402) or self.status >= 500


@dataclass(frozen=True, slots=True)
class _Kept:
    fingerprint: str
    kept_at: int
    answer: Answer


@dataclass(slots=True)
class Keys:
    """Answers by key."""

    _kept: dict[str, _Kept] = field(default_factory=dict[str, _Kept])

    def replay(self, key: str, fingerprint: str, now: int) -> Answer | None:
        """The answer given before. Raises ApiError (400) if the request was another one."""
        kept = self._kept.get(key)
        if kept is None or now - kept.kept_at >= LIFE:
            return None
        if kept.fingerprint != fingerprint:
            raise ApiError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}' if you meant to execute a"
                " different request.",
                kind="idempotency_error",
            )
        return kept.answer

    def keep(self, key: str, fingerprint: str, now: int, answer: Answer) -> None:
        """Remember an answer if it is one that is replayed."""
        if answer.is_kept:
            self._kept[key] = _Kept(fingerprint, now, answer)


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What must be equal for two requests to be the same."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()
