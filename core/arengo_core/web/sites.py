"""Host names: ours, a shop's or consortium's own, or unknown."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, DatabaseAwayError, InvalidInputError
from arengo_core.host import Host
from arengo_core.web.context import Site
from arengo_core.web.models import SiteHost

_KEEP_SECONDS = 10.0
_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]", "testserver.local"})
_HOST_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_kept: dict[str, tuple[float, Site | None]] = {}


def _name(header: str) -> str:
    return re.sub(r":\d+$", "", header.strip().lower())


async def site_for(host: Host, header: str) -> Site | None:
    """The site behind a Host header; None for a name nobody configured."""
    name = _name(header)
    main = urlsplit(host.settings.base_url).hostname or ""
    if name == main or name in host.settings.trusted_hosts:
        return Site()
    if name in _LOCAL:
        return Site()
    known = _kept.get(name)
    if known is not None and time.monotonic() - known[0] < _KEEP_SECONDS:
        return known[1]
    try:
        async with host.sessions() as session:
            found = await session.scalar(
                select(SiteHost.organization_id).where(SiteHost.host == name)
            )
    except DatabaseAwayError:
        return Site()  # what the page asks next says so, in words
    site = Site(found) if found is not None else None
    if len(_kept) > 1000:
        _kept.clear()
    _kept[name] = (time.monotonic(), site)
    return site


async def claim(uow: UnitOfWork, organization_id: UUID, name: str | None) -> None:
    """Give an organization a host name of its own, or with None take it away."""
    await uow.session.execute(delete(SiteHost).where(SiteHost.organization_id == organization_id))
    if not name:
        return
    value = _name(name)
    if not _HOST_NAME.fullmatch(value):
        raise InvalidInputError(
            "{value} is not a host name: shop.example.it is expected.", field="host", value=name
        )
    done = await uow.session.execute(
        insert(SiteHost)
        .values(host=value, organization_id=organization_id)
        .on_conflict_do_nothing()
        .returning(SiteHost.host)
    )
    if done.first() is None:
        raise ConflictError("This host name is taken.", field="host")


async def name_of(uow: UnitOfWork, organization_id: UUID) -> str | None:
    """The host name of an organization, if it has one."""
    return await uow.session.scalar(
        select(SiteHost.host).where(SiteHost.organization_id == organization_id)
    )
