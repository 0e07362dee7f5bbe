"""What a stand-in knows, kept in a file between runs where that is asked for."""

from __future__ import annotations

from pathlib import Path

import msgspec

from arengo_payments.standin.forms import Json
from arengo_payments.standin.world import Checkout, World


class Snapshot(msgspec.Struct):
    """A world's objects, and the path on the shop's site that its webhooks go to."""

    objects: dict[str, Json]
    checkouts: dict[str, Checkout]
    webhook_path: str


def _read(file: Path) -> Snapshot:
    return msgspec.json.decode(file.read_bytes(), type=Snapshot)


def webhook_path(file: Path) -> str:
    """The path that webhooks go to."""
    return _read(file).webhook_path


def load(world: World, file: Path) -> None:
    """Bring back what was known; the address of pages is the present one."""
    snapshot = _read(file)
    world.objects, world.checkouts = snapshot.objects, snapshot.checkouts
    for thing in world.objects.values():
        if thing["object"] == "checkout.session" and thing["url"]:
            thing["url"] = f"{world.origin}/c/pay/{thing['id']}"


def save(world: World, file: Path, path: str) -> None:
    """Write everything, whole or not at all."""
    draft = file.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(Snapshot(world.objects, world.checkouts, path)))
    draft.replace(file)
