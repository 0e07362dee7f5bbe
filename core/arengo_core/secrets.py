"""Secrets at rest: Fernet under a key derived from the installation's secret."""

from __future__ import annotations

import base64

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from arengo_core.errors import SettingsError
from arengo_core.ids import keyed_digest


class Cipher:
    """Encrypts settings that members enter (gateway keys and the like)."""

    def __init__(self, secret: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(keyed_digest(secret, "settings-cipher")))

    def encrypt(self, values: dict[str, str]) -> bytes:
        """Ciphertext of a set of named secrets."""
        return self._fernet.encrypt(msgspec.json.encode(values))

    def decrypt(self, ciphertext: bytes | None) -> dict[str, str]:
        """The secrets again. SettingsError when the installation's secret is another."""
        if not ciphertext:
            return {}
        try:
            return msgspec.json.decode(self._fernet.decrypt(ciphertext), type=dict[str, str])
        except InvalidToken:
            raise SettingsError(
                "Stored secrets cannot be read: ARENGO_SECRET_KEY is not the one they were"
                " written with."
            ) from None
