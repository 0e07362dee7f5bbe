"""One world for all enumerations, made when the first of them asks."""

from __future__ import annotations

import pytest

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError
from arengo_core.jobs.worker import drain
from tests.enumeration import world as worlds
from tests.valley import make_valley

__all__ = ["make_valley"]

_made: dict[int, worlds.World] = {}


@pytest.fixture
async def world(host, app, make_valley, make_consortium, make_user, make_offer, activate):
    """The world; the same for every test of this worker."""
    if id(host) not in _made:
        _made[id(host)] = await worlds.make(
            host, make_valley, make_consortium, make_user, make_offer, activate, drain
        )
    return _made[id(host)]


class RehearsedError(ConflictError):
    """Everything was written and is now rolled back: the world stays as it was."""

    code = "REHEARSED"


@pytest.fixture
def rehearsal(monkeypatch):
    """Call ``rehearsal()``: from then on each writing transaction fails when it would commit."""
    write = UnitOfWork.flush

    async def flush(self):
        await write(self)
        raise RehearsedError("Rehearsed.")

    return lambda: monkeypatch.setattr(UnitOfWork, "flush", flush)
