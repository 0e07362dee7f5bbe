"""Secrets at rest, in envelopes: each under a key of its own, that key under a master key.

A new master key is taken into use by ``ARENGO_ENCRYPTION_KEYS``; ``arengo secrets rotate`` then
writes every envelope anew (:mod:`arengo_core.database.rotation`).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Annotated

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy.orm import mapped_column

from arengo_core.errors import SettingsError
from arengo_core.ids import keyed_digest

SEALED = "sealed"
"""Marks a column, in its ``info``, whose content the cipher wrote."""

Sealed = Annotated[bytes, mapped_column(info={SEALED: True})]
"""Type of a column for what :meth:`Cipher.encrypt` returns; rotation finds it by this."""

_BETWEEN = b"."


def _fernet(secret: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keyed_digest(secret, "settings-cipher")))


class Cipher:
    """Encrypts what members entrust to the program: gateway keys, addresses, messages.

    It writes under the first of the master keys and reads what was written under any.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._newest = _fernet(secrets[0])
        self._masters = MultiFernet([_fernet(secret) for secret in secrets])

    def encrypt(self, values: dict[str, str]) -> bytes:
        """An envelope with a set of named secrets."""
        key = Fernet.generate_key()
        content = Fernet(key).encrypt(msgspec.json.encode(values))
        return self._newest.encrypt(key) + _BETWEEN + content

    def decrypt(self, envelope: bytes | None) -> dict[str, str]:
        """The secrets again. SettingsError when none of the master keys opens the envelope."""
        if not envelope:
            return {}
        key, content = self._open(envelope)
        try:
            return msgspec.json.decode(Fernet(key).decrypt(content), type=dict[str, str])
        except InvalidToken:
            raise SettingsError("A stored secret was changed outside of the program.") from None

    def renewed(self, envelope: bytes) -> bytes | None:
        """The envelope under the newest master key; None where it is so already."""
        wrapped, _, _ = envelope.partition(_BETWEEN)
        try:
            self._newest.decrypt(wrapped)
        except InvalidToken:
            key, content = self._open(envelope)
            return self._newest.encrypt(key) + _BETWEEN + content
        return None

    def _open(self, envelope: bytes) -> tuple[bytes, bytes]:
        wrapped, _, content = envelope.partition(_BETWEEN)
        try:
            return self._masters.decrypt(wrapped), content
        except InvalidToken:
            raise SettingsError(
                "Stored secrets cannot be read: neither ARENGO_ENCRYPTION_KEYS nor"
                " ARENGO_SECRET_KEY holds the key that they were written with."
            ) from None
