"""Framed pages: opened by a launch token of ours, once; they let us frame them, and nobody else."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from arengo_core.caller import Caller, Grant, OrganizationKind, Role
from arengo_core.host import Host
from arengo_core.i18n import set_locale
from arengo_core.ids import new_id
from arengo_core.outbound.client import Answer
from arengo_core.remote import framing, keys, manifest
from arengo_core.remote.keys import Signer
from arengo_core.remote.manifest import RemotePage
from arengo_core.remote.trying import Subject


@pytest.fixture
def pages(tried: Subject) -> list[RemotePage]:
    """The pages that the manifest names."""
    found = manifest.of(tried.manifest).pages
    if not found:
        pytest.skip("it brings no page")
    return found


def _officer() -> Caller:
    place = new_id()
    grant = Grant(place, OrganizationKind.MUNICIPALITY, Role.MUNICIPAL_OFFICER)
    return Caller(new_id(), (grant,), place)


async def _open(host: Host, tried: Subject, framed: RemotePage, token: str) -> Answer:
    query = f"?{urlencode({'launch': token})}" if token else ""
    return await host.outbound.send("GET", f"{tried.base_url}{framed.path}{query}")


async def _token(host: Host, tried: Subject, framed: RemotePage, audience: str = "") -> str:
    return await framing.launch_token(host, _officer(), audience or tried.key, framed)


async def test_a_launch_opens_the_page_once(
    host: Host, tried: Subject, pages: list[RemotePage]
) -> None:
    for framed in pages:
        for locale in ("it", "en"):
            set_locale(locale)
            token = await _token(host, tried, framed)
            answer = await _open(host, tried, framed, token)
            assert 200 <= answer.status < 400, f"{framed.key} in {locale}: HTTP {answer.status}"
            again = await _open(host, tried, framed, token)
            assert 400 <= again.status < 500, f"{framed.key}: a launch works twice"


async def test_without_a_launch_of_ours_it_stays_closed(
    host: Host, tried: Subject, pages: list[RemotePage], monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = await keys.signer(host)
    for framed in pages:
        tokens = {"none": "", "another's": await _token(host, tried, framed, "another_plugin")}
        forger = Signer(genuine.id, Ed25519PrivateKey.generate())

        async def forged(_host: Host, forger: Signer = forger) -> Signer:
            return forger

        with monkeypatch.context() as patch:
            patch.setattr(keys, "signer", forged)
            tokens["a forged one"] = await _token(host, tried, framed)
        for what, token in tokens.items():
            answer = await _open(host, tried, framed, token)
            assert 400 <= answer.status < 500, f"{framed.key}: HTTP {answer.status} with {what}"


async def test_it_may_be_framed_by_this_host_alone(
    host: Host, tried: Subject, pages: list[RemotePage]
) -> None:
    for framed in pages:
        answer = await _open(host, tried, framed, await _token(host, tried, framed))
        policy = answer.headers.get("content-security-policy", "")
        allowed = [
            part.split()[1:]
            for part in policy.split(";")
            if part.split()[:1] == ["frame-ancestors"]
        ]
        ours = framing.origin_of(tried.host_url)
        assert allowed == [[ours]], (
            f"{framed.key}: Content-Security-Policy {policy!r}; frame-ancestors {ours} is expected"
        )
        assert "x-frame-options" not in answer.headers, f"{framed.key}: X-Frame-Options forbids it"
