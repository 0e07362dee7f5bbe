"""``arengo plugin remote`` as an operator runs it, against a plugin over HTTP."""

from __future__ import annotations

import asyncio
import json
import re

from arengo_core.database.setup import fit_to_serve
from arengo_core.settings import Settings
from tests.operations.conftest import SECRET
from tests.remote.far_side import manifest, serving


async def _plugins(login):
    settings = Settings(secret_key=SECRET, **login)
    _, registry = await fit_to_serve(settings)
    return {plugin.name for plugin in registry.plugins}


async def test_a_plugin_is_added_refreshed_listed_disabled_and_removed(
    arengo, new_database, tmp_path
):
    urls = await new_database(migrated=True)
    login = {"database_url": urls.app, "database_owner_url": urls.owner}

    async def run(*words, **more):
        return await asyncio.to_thread(
            arengo, "plugin", *words, **login, outbound_networks="127.0.0.0/8", **more
        )

    async with serving() as far_side:
        far_side.manifest = manifest(licence=7)
        wrong = await run("remote", "add", far_side.address)
        assert (wrong.returncode, wrong.stderr.strip()) == (
            2,
            "arengo: licence: Expected `str`, got `int`",
        )
        far_side.manifest = manifest()
        added = await run("remote", "add", far_side.address)
    assert added.returncode == 0, added.stderr
    assert "whsec_" in added.stdout
    assert "carrier far-post" in added.stdout
    assert "Restart server and worker" in added.stdout
    assert "permits" in await _plugins(login)
    file = tmp_path / "permits.json"
    file.write_text(json.dumps(manifest(version="2.1.0", base_url="http://127.0.0.1:9")))
    moved = await run("remote", "refresh", "permits", "--from", file)
    assert moved.returncode == 0, moved.stderr
    listed = (await run("remote", "list")).stdout
    assert re.search(r"permits +2\.1\.0 +http://127\.0\.0\.1:9", listed), listed
    assert "whsec_" not in listed
    assert (await run("disable", "permits", "--why", "Moves")).returncode == 0
    assert "permits" not in await _plugins(login)
    removed = await run("remote", "remove", "permits")
    assert removed.returncode == 0, removed.stderr
