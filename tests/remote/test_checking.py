"""``arengo plugin check`` of a remote plugin: a careless one is told what it does wrong."""

from __future__ import annotations

import asyncio
import base64
import json

import click
import msgspec
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from arengo_core.cli.plugins import checking, group, remote_subjects
from arengo_core.remote import manifest as manifests
from arengo_core.remote.trying import Subject
from arengo_core.webhooks import signing
from tests.remote.far_side import FarSide, manifest, serving


class Careless(FarSide):
    """It believes everything, forgets keys, and lets anybody frame its page."""

    async def answer(self, method, path, headers, body):
        if path.startswith("/pages/"):
            return 200, {}
        if path == "/arengo/no-such-call":
            return 500, None
        if path.endswith("/book"):
            self.kept.clear()
            reference = f"never-{len(self.calls)}"
            self.calls.append(path)
            return 200, {"reference": reference}
        return await super().answer(method, path, headers, body)

    def verify(self, method, path, headers, body):
        assert json.loads(body or b"{}") is not None


async def test_a_careless_plugin_is_told(monkeypatch):
    monkeypatch.setattr(checking, "_OF_REMOTE_TOO", ())
    private = Ed25519PrivateKey.generate()
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    async with serving(Careless) as far:
        far.manifest = manifest(version="1.0.1")
        subject = Subject(
            key="permits",
            base_url=far.address,
            manifest=msgspec.to_builtins(manifests.of(manifest())),
            secret=signing.new_secret(),
            key_id="k",
            private=base64.b64encode(raw).decode(),
            host_url="https://valley.example",
            outbound_networks=["127.0.0.0/8"],
            samples={"far-bank": {"refused_amount": "100001"}},
        )
        results = await asyncio.to_thread(checking.results_of, "permits", subject)
    failed = {f"{one.area}: {one.check}": one.reason for one in results if one.outcome == "failed"}
    for check, reason in {
        "calls: its address tells the registered manifest": "refresh it",
        "calls: an unsigned call is refused": "HTTP 200",
        "calls: a call signed by another key is refused": "by a stranger",
        "calls: a changed body is refused": "HTTP 200",
        "calls: a changed idempotency key is refused": "HTTP 200",
        "calls: a signature of another call is refused": "HTTP 200",
        "calls: a signature that is over is refused": "HTTP 200",
        "calls: the same call again is refused": "its nonce was seen before",
        "calls: what is no call is not there": "no clear refusal",
        "events: events that the host did not sign are refused": "of another secret",
        "pages: a launch opens the page once": "a launch works twice",
        "pages: without a launch of ours it stays closed": "HTTP 200",
        "pages: it may be framed by this host alone": "https://valley.example is expected",
        "contracts: far-post: the same key books once": "second transport",
        "contracts: far-post: a lost answer is unknown and its booking is found": "not found",
    }.items():
        assert reason in failed.pop(check, ""), check
    assert {check.partition(": ")[2].partition(": ")[0] for check in failed} <= {"far-post"}, failed
    kept = {one.check for one in results if one.outcome == "passed"}
    assert "far-bank: a request that is refused says why" in kept
    assert "far-texts: a message arrives" in kept


def test_remote_plugins_are_listed_as_such(settings, registered, far_side, monkeypatch):
    monkeypatch.setattr(group, "load_settings", lambda: settings)
    [line] = [
        line
        for line in CliRunner().invoke(group.plugin, ["list"]).output.splitlines()
        if line.startswith("permits")
    ]
    assert line.split() == ["permits", "1.0.0", "services:", "permits", "remote,", far_side.address]
    told = CliRunner().invoke(group.plugin, ["info", "permits"]).output
    assert f"remote, {far_side.address}" in told
    assert "reads marketplace.figures:read" in told
    unreachable = settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x"})
    monkeypatch.setattr(group, "load_settings", lambda: unreachable)
    answer = CliRunner().invoke(group.plugin, ["list"])
    assert answer.exit_code == 0
    assert "remote plugins are not listed" in answer.stderr
    assert "storefront" in answer.output


def test_what_is_not_there_is_not_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("ARENGO_DATA_DIR", str(tmp_path))
    for name, said in (
        ("nonsense", "The plugin 'nonsense' is not installed"),
        ("https://permits.example", "No plugin is registered at https://permits.example"),
    ):
        answer = CliRunner().invoke(group.plugin, ["check", name])
        assert answer.exit_code == 1
        assert said in answer.output, answer.output
    assert not list(tmp_path.iterdir()), "a database was made"


def test_samples_are_said_by_provider():
    assert remote_subjects.samples_in(["valley-bike.origin=014019", "valley-bike.too_heavy=9"]) == {
        "valley-bike": {"origin": "014019", "too_heavy": "9"}
    }
    for wrong in ("origin=1", "valley-bike.origin", ".x=1"):
        with pytest.raises(click.ClickException, match=r"PROVIDER\.NAME=VALUE"):
            remote_subjects.samples_in([wrong])
