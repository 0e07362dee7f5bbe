"""``arengo secrets rotate`` on an installation's stored secrets."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from arengo_core.caller import Caller
from arengo_core.database import rotation
from arengo_core.database.rotation import rotate
from arengo_core.errors import SettingsError
from arengo_core.secrets import Cipher
from arengo_marketplace.members.models import Charter

COLUMN = "marketplace.charter.gateway_secrets"
GIVEN = {"secret_key": "sk_test_0123456789abcdef", "webhook_secret": "whsec_0123456789"}


@pytest.fixture
def host(fresh_host):
    """A database of its own: rotation takes hold of every member's secrets."""
    return fresh_host


async def _kept(host, consortium_id):
    async with host.unit_of_work(Caller.program([consortium_id]), read_only=True) as uow:
        return await uow.session.scalar(
            select(Charter.gateway_secrets).where(Charter.organization_id == consortium_id)
        )


async def test_nothing_stays_under_the_earlier_key(host, make_consortium, monkeypatch):
    monkeypatch.setattr(rotation, "_BATCH", 2)
    made = [
        await make_consortium(codes, collecting=True, gateway="stripe", gateway_settings=GIVEN)
        for codes in (("014019",), ("014014",), ("014036",), ("014063",), ("014045",))
    ]
    owner, histories = host.settings.database_owner_url, host.registry.histories
    both = Cipher([b"new", *host.settings.master_keys()])

    assert (await rotate(owner, histories, both))[COLUMN] == (5, 5)
    assert (await rotate(owner, histories, both))[COLUMN] == (0, 5)
    for one in made:
        kept = await _kept(host, one.id)
        assert Cipher([b"new"]).decrypt(kept) == GIVEN
        with pytest.raises(SettingsError):
            host.cipher.decrypt(kept)


async def test_an_envelope_that_no_key_opens_is_said_and_stays(host, make_consortium):
    made = await make_consortium(collecting=True, gateway="stripe", gateway_settings=GIVEN)
    before = await _kept(host, made.id)
    with pytest.raises(SettingsError, match="ARENGO_ENCRYPTION_KEYS"):
        await rotate(
            host.settings.database_owner_url, host.registry.histories, Cipher([b"stranger"])
        )
    assert await _kept(host, made.id) == before


async def test_the_command_says_what_it_did(arengo, host, make_consortium):
    await make_consortium(collecting=True, gateway="stripe", gateway_settings=GIVEN)
    done = arengo(
        "secrets",
        "rotate",
        database_url=host.settings.database_url,
        database_owner_url=host.settings.database_owner_url,
        secret_key=host.settings.secret_key.get_secret_value(),
        encryption_keys="n" * 32,
    )
    assert done.returncode == 0, done.stderr
    assert f"{COLUMN}: 1 of 1 renewed" in done.stdout
    assert "n" * 32 not in done.stdout + done.stderr
