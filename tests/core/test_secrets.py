"""Secrets at rest."""

from __future__ import annotations

import pytest

from arengo_core.errors import SettingsError
from arengo_core.secrets import Cipher


def test_what_is_encrypted_comes_back_and_is_not_legible():
    cipher = Cipher(b"one")
    kept = cipher.encrypt({"api_key": "sk_live_123"})
    assert b"sk_live" not in kept
    assert cipher.decrypt(kept) == {"api_key": "sk_live_123"}
    assert cipher.encrypt({"api_key": "sk_live_123"}) != kept


def test_nothing_kept_is_nothing():
    assert Cipher(b"one").decrypt(None) == {}
    assert Cipher(b"one").decrypt(b"") == {}


def test_another_installations_secret_is_named_as_the_cause():
    kept = Cipher(b"one").encrypt({"a": "b"})
    with pytest.raises(SettingsError, match="ARENGO_SECRET_KEY"):
        Cipher(b"two").decrypt(kept)


def test_a_changed_ciphertext_is_refused():
    cipher = Cipher(b"one")
    kept = bytearray(cipher.encrypt({"a": "b"}))
    kept[20] ^= 1
    with pytest.raises(SettingsError):
        cipher.decrypt(bytes(kept))
