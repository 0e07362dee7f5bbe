"""Where a manifest comes from: the plugin's own address, or a file that the operator has."""

from __future__ import annotations

from pathlib import Path

import httpx

from arengo_core.errors import InvalidInputError, UnavailableError
from arengo_core.host import Host
from arengo_core.remote import manifest
from arengo_core.remote.framing import origin_of
from arengo_core.remote.manifest import RemoteManifest


def _base(host: Host, url: str) -> str:
    """A plugin's address as it is kept. InvalidInputError where it may not be called."""
    said = host.outbound.check(url, field="base_url").rstrip("/")
    parts = httpx.URL(said)
    if parts.query or parts.fragment:
        raise InvalidInputError(
            "{value}: an address without ? and # is expected.", field="base_url", value=url
        )
    if origin_of(said) == origin_of(host.settings.base_url):
        raise InvalidInputError(
            "{value} is this program's own address: give the plugin one of its own, lest its pages"
            " share ours.",
            field="base_url",
            value=url,
        )
    return said


async def from_url(host: Host, url: str) -> tuple[RemoteManifest, str]:
    """The manifest that a plugin publishes, and its address.

    UnavailableError where it does not answer; errors as those of :func:`manifest.read`.
    """
    base = _base(host, url)
    try:
        answer = await host.outbound.send(
            "GET", f"{base}{manifest.WELL_KNOWN}", longest_answer=manifest.LONGEST
        )
    except httpx.HTTPError as error:
        raise UnavailableError("{url} does not answer: {fault}", url=base, fault=error) from None
    if answer.status != 200:
        raise UnavailableError(
            "{url} answers {status}: its manifest is expected there.",
            url=f"{base}{manifest.WELL_KNOWN}",
            status=answer.status,
        )
    return manifest.read(answer.body), base


def from_file(host: Host, path: Path) -> tuple[RemoteManifest, str]:
    """The manifest in a file (``.toml``, else JSON), and the address that it names."""
    read = manifest.read(path.read_bytes(), toml=path.suffix == ".toml")
    if not read.base_url:
        raise InvalidInputError("base_url: is missing; a file names the plugin's address")
    return read, _base(host, read.base_url)
