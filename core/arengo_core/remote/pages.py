"""What remote plugins fetch from the host: its public keys."""

from __future__ import annotations

from typing import Any

from litestar import Response, get

from arengo_core.remote import keys
from arengo_core.web.context import FromHost


@get(keys.PATH, name="signing-keys", opt={"exclude_from_csrf": True})
async def signing_keys(host: FromHost) -> Response[dict[str, Any]]:
    """The public keys by which the host signs, as a JSON Web Key Set."""
    async with host.unit_of_work(read_only=True) as uow:
        found = await keys.published(uow.session)
    return Response(found, headers={"cache-control": "public, max-age=60"})


ROUTES: list[Any] = [signing_keys]
