"""Signatures by Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric ``v1``."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

PREFIX = "whsec_"
_BYTES = 32
_TOLERANCE = 300.0


def new_secret() -> str:
    """A secret: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def _signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def headers(valid: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message; one signature for each valid secret."""
    signatures = (_signature(secret, message_id, timestamp, body) for secret in valid)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def is_genuine(
    valid: Sequence[str], given: Mapping[str, str], body: bytes, moment: datetime
) -> bool:
    """Whether a message that came to us is signed by one of the secrets, five minutes old at most.

    Whoever takes it goes by its id, as a message may come twice.
    """
    headed = {name.lower(): value for name, value in given.items()}
    message_id, said = headed.get("webhook-id", ""), headed.get("webhook-timestamp", "")
    if not message_id or not said.isascii() or not said.isdigit():
        return False
    if abs(moment.timestamp() - int(said)) > _TOLERANCE:
        return False
    signatures = headed.get("webhook-signature", "").split()
    expected = [_signature(secret, message_id, int(said), body) for secret in valid]
    return any(
        hmac.compare_digest(one.encode(), signature.encode())
        for one in expected
        for signature in signatures
    )
