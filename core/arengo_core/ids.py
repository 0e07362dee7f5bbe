"""Identifiers: UUIDv7, made by the program so that every server version serves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from uuid import UUID

import uuid_utils.compat as uuid_compat


def new_id() -> UUID:
    """A new UUIDv7: ordered by the time of its making."""
    return uuid_compat.uuid7()


def new_token(size: int = 32) -> str:
    """An unguessable URL-safe token of ``size`` random bytes."""
    return secrets.token_urlsafe(size)


def digest(token: str) -> bytes:
    """SHA-256 of a high-entropy token; what the database keeps in the token's stead."""
    return hashlib.sha256(token.encode()).digest()


def keyed_digest(key: bytes, text: str) -> bytes:
    """HMAC-SHA-256 of a low-entropy text such as an e-mail address."""
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def encode_global_id(type_name: str, value: UUID | str) -> str:
    """Relay id: opaque base64 of ``Type:id``."""
    return base64.b64encode(f"{type_name}:{value}".encode()).decode()


def decode_global_id(text: str) -> tuple[str, str]:
    """Type name and id of a Relay id. Raises ValueError on anything else."""
    try:
        type_name, _, value = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError:
        raise ValueError("not an id") from None
    if not type_name or not value:
        raise ValueError("not an id")
    return type_name, value
