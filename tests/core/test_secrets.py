"""Secrets at rest."""

from __future__ import annotations

import pytest

from arengo_core.database.rotation import sealed_columns
from arengo_core.errors import SettingsError
from arengo_core.secrets import Cipher
from arengo_core.settings import Settings


def test_what_is_encrypted_comes_back_and_is_not_legible():
    cipher = Cipher([b"one"])
    kept = cipher.encrypt({"api_key": "sk_live_123"})
    assert b"sk_live" not in kept
    assert cipher.decrypt(kept) == {"api_key": "sk_live_123"}
    assert cipher.encrypt({"api_key": "sk_live_123"}) != kept


def test_nothing_kept_is_nothing():
    assert Cipher([b"one"]).decrypt(None) == {}
    assert Cipher([b"one"]).decrypt(b"") == {}


def test_another_installations_secret_is_named_as_the_cause():
    kept = Cipher([b"one"]).encrypt({"a": "b"})
    with pytest.raises(SettingsError, match="ARENGO_SECRET_KEY"):
        Cipher([b"two"]).decrypt(kept)


@pytest.mark.parametrize("place", [20, -20])
def test_a_changed_envelope_is_refused(place):
    cipher = Cipher([b"one"])
    kept = bytearray(cipher.encrypt({"a": "b"}))
    kept[place] ^= 1
    with pytest.raises(SettingsError):
        cipher.decrypt(bytes(kept))


def test_a_new_key_writes_and_the_earlier_ones_read():
    kept = Cipher([b"old"]).encrypt({"a": "b"})
    both = Cipher([b"new", b"old"])
    assert both.decrypt(kept) == {"a": "b"}
    renewed = both.renewed(kept)
    assert Cipher([b"new"]).decrypt(renewed) == {"a": "b"}
    assert both.renewed(renewed) is None
    with pytest.raises(SettingsError):
        Cipher([b"old"]).decrypt(renewed)


def test_master_keys_are_the_named_ones_before_the_derived_one():
    old, new = "o" * 32, "n" * 32
    settings = Settings(secret_key="s" * 40, encryption_keys=f"{new}, {old}")
    assert settings.master_keys() == [new.encode(), old.encode(), b"s" * 40]
    assert new not in repr(settings)
    with pytest.raises(ValueError, match="32"):
        Settings(secret_key="s" * 40, encryption_keys="short")


def test_every_column_that_the_cipher_writes_is_marked(host):
    """A column that is forgotten would be lost with the earlier key."""
    names = {f"{c.table.fullname}.{c.name}" for c in sealed_columns(host.registry.histories)}
    assert names >= {
        "marketplace.activation.secrets",
        "marketplace.charter.gateway_secrets",
        "communications.message.sealed",
        "communications.subscription.email_sealed",
        "delivery.parcel.email_sealed",
    }
    unmarked = [
        f"{table.fullname}.{column.name}"
        for history in host.registry.histories
        for table in history.metadata.sorted_tables
        for column in table.columns
        if ("sealed" in column.name or "secret" in column.name) and "LargeBinary" in repr(column)
    ]
    assert set(unmarked) <= names
