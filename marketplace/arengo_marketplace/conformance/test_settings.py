"""Settings go through the form and come back; secrets are never shown nor kept readable."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from arengo_core.host import Host
from arengo_core.plugins.manifest import Service
from arengo_core.testing.fixtures import Visitor
from arengo_marketplace.activations import settings
from arengo_marketplace.conformance.kit import Pair
from arengo_marketplace.conformance.samples import typed_in


def _form(service: Service) -> dict[str, str]:
    fields = settings.fields_of(service)
    if not fields:
        pytest.skip("the service has no settings")
    return {
        field.name: f"{typed_in(field)}-segreto"
        if field.secret and field.kind is str and not field.pattern and not field.choices
        else typed_in(field)
        for field in fields
    }


def test_settings_come_back_as_they_were_typed(service: Service, host: Host) -> None:
    form = _form(service)
    stored = settings.read(service, form, host.cipher)
    loaded = settings.load(service, stored.plain, stored.secrets, host.cipher)
    again = settings.read(
        service,
        {name: "" if value is None else str(value) for name, value in _values(loaded).items()},
        host.cipher,
    )
    assert settings.load(service, again.plain, again.secrets, host.cipher) == loaded


def test_secrets_are_kept_encrypted(service: Service, host: Host) -> None:
    form = _form(service)
    stored = settings.read(service, form, host.cipher)
    for field in settings.fields_of(service):
        if field.secret:
            assert field.name not in stored.plain
            assert form[field.name].encode() not in (stored.secrets or b"")


async def test_the_form_keeps_what_was_typed_and_shows_no_secret(
    service: Service,
    make_pair: Callable[[Service], Awaitable[Pair]],
    visit: Callable[..., Awaitable[Visitor]],
) -> None:
    form = _form(service)
    pair = await make_pair(service)
    visitor = await visit(pair.having.person)
    address = f"/office/activations/{pair.activation_id}"
    saved = await visitor.post(f"{address}/settings", form)
    assert saved.status_code == 303, saved.text
    shown, exported = await visitor.get(address), await visitor.get(f"{address}/export")
    for field in settings.fields_of(service):
        assert f'name="{field.name}"' in shown.text, f"the form lacks {field.name}"
        typed = form[field.name]
        if field.secret:
            assert typed not in shown.text, f"the page shows {field.name}"
            assert typed.encode() not in _unpacked(exported.content), f"{field.name} is exported"
        elif field.kind is not bool:
            assert typed in shown.text, f"the page forgot {field.name}"


def _unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def _values(loaded: object) -> dict[str, Any]:
    return {f.name: getattr(loaded, f.name) for f in dataclasses.fields(loaded)}  # pyright: ignore[reportArgumentType]
