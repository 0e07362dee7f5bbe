"""The host's own Ed25519 keys: which signs, which are published, and their change."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from sqlalchemy.ext.asyncio import AsyncSession

from arengo_core import clock
from arengo_core.errors import SettingsError
from arengo_core.host import Host
from arengo_core.ids import new_token
from arengo_core.remote import repository
from arengo_core.remote.models import SigningKey
from arengo_core.secrets import Cipher

PATH = "/.well-known/arengo-keys.json"
OVERLAP = timedelta(hours=24)
_LOOKED_AT_EVERY = 30.0
_STATE = "remote.signer"


@dataclass(frozen=True, slots=True)
class Signer:
    """The key that signs now, and its id."""

    id: str
    private: Ed25519PrivateKey


async def make(session: AsyncSession, cipher: Cipher) -> SigningKey:
    """A new key that signs from now on."""
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    made = SigningKey(
        id=new_token(9),
        public=private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        private=cipher.encrypt({"key": base64.b64encode(raw).decode()}),
        made_at=clock.now(),
    )
    session.add(made)
    await session.flush()
    return made


async def rotate(session: AsyncSession, cipher: Cipher) -> SigningKey:
    """Sign by a new key; the former's public half stays published for a day."""
    former = await repository.signing_key(session)
    made = await make(session, cipher)
    if former is not None:
        former.private, former.retired_at = None, clock.now()
    return made


async def published(session: AsyncSession) -> dict[str, Any]:
    """The public keys as a JSON Web Key Set (RFC 7517, RFC 8037)."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "kid": row.id,
                "x": base64.urlsafe_b64encode(row.public).rstrip(b"=").decode(),
                "alg": "Ed25519",
                "use": "sig",
            }
            for row in await repository.published_keys(session, clock.now() - OVERLAP)
        ]
    }


async def signer(host: Host) -> Signer:
    """The key that signs now; a change arrives within half a minute.

    SettingsError where no plugin was ever registered.
    """
    looked_at, known = host.state.get(_STATE, (0.0, None))
    if known is not None and time.monotonic() - looked_at < _LOOKED_AT_EVERY:
        return known
    async with host.sessions() as session:
        row = await repository.signing_key(session)
    if row is None or row.private is None:
        raise SettingsError("There is no key to sign calls with: register the plugin first.")
    raw = base64.b64decode(host.cipher.decrypt(row.private)["key"])
    found = Signer(row.id, Ed25519PrivateKey.from_private_bytes(raw))
    host.state[_STATE] = (time.monotonic(), found)
    return found
