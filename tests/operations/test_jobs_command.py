"""``arengo jobs``, as an operator runs it on what gave up."""

from __future__ import annotations

import pytest

from arengo_core.host import Host
from tests.core.test_dead_letters import _exhaust, _letters

JOB = "core.send_feedback"


@pytest.fixture
async def failing(host, settings, new_database):
    """A host on a database of its own with one job that gave up: it lacks what it needs."""
    urls = await new_database(migrated=True)
    own = Host.create(settings, host.registry, urls.app)
    async with own.unit_of_work() as uow:
        uow.enqueue(JOB, {})
    await _exhaust(own)
    yield own, {"database_url": urls.app, "database_owner_url": urls.owner}
    await own.close()


async def test_what_gave_up_is_listed_started_again_and_discarded(arengo, failing):
    own, logins = failing
    listed = arengo("jobs", "dead", **logins)
    assert listed.returncode == 0, listed.stderr
    letter, count = listed.stdout.splitlines()
    number, _, plugin, name, *_ = letter.split()
    assert (plugin, name, count) == ("core", JOB, "1 held.")
    assert "KeyError" in letter

    again = arengo("jobs", "replay", number, **logins)
    assert (again.returncode, again.stdout) == (0, f"Starts again: {JOB}\n"), again.stderr

    await _exhaust(own)
    [held] = await _letters(own)
    gone = arengo("jobs", "discard", held.id, **logins)
    assert (gone.returncode, gone.stdout) == (0, f"Discarded: {JOB}\n"), gone.stderr
    assert await _letters(own) == []
