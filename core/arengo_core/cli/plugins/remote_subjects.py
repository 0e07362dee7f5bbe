"""Remote plugins that ``arengo plugin check`` is asked to try."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import NoReturn

import click

from arengo_core.cli.plugins.known import has_database
from arengo_core.cli.running import open_host
from arengo_core.plugins.fingerprint import GROUP
from arengo_core.remote import service, trying
from arengo_core.remote.trying import Subject
from arengo_core.settings import load_settings


def samples_in(given: Sequence[str]) -> dict[str, dict[str, str]]:
    """``provider.name=value`` by provider. ClickException for anything else."""
    found: dict[str, dict[str, str]] = {}
    for one in given:
        named, sign, value = one.partition("=")
        provider, dot, name = named.partition(".")
        if not (sign and dot and provider and name):
            raise click.ClickException(f"--sample {one}: PROVIDER.NAME=VALUE is expected.")
        found.setdefault(provider, {})[name] = value
    return found


def remote_subject(plugin: str, samples: Sequence[str]) -> Subject | None:
    """The registered remote plugin of that key or address; None where an installed one is meant.

    ClickException for an address at which none is registered.
    """
    is_url = plugin.startswith(("https://", "http://"))
    installed = {point.name for point in entry_points(group=GROUP)}
    if not is_url and (plugin in installed or Path(plugin).exists()):
        return None
    told = samples_in(samples)
    if not has_database(load_settings()):
        return _none_at(plugin) if is_url else None

    async def find() -> Subject | None:
        async with open_host() as host:
            async with host.unit_of_work(read_only=True) as uow:
                rows = await service.every(uow)
            for row in rows:
                if plugin in {row.key, f"{row.base_url}/", row.base_url}:
                    unknown = told.keys() - {one["key"] for one in row.manifest["providers"]}
                    if unknown:
                        raise click.ClickException(
                            f"{row.key} brings no provider {', '.join(sorted(unknown))}."
                        )
                    return await trying.subject_of(host, row, told)
        return None

    found = asyncio.run(find())
    return _none_at(plugin) if found is None and is_url else found


def _none_at(url: str) -> NoReturn:
    raise click.ClickException(
        f"No plugin is registered at {url}: arengo plugin remote add {url}, and give it its secret,"
        " so that it can tell the kit's calls from a stranger's."
    )
