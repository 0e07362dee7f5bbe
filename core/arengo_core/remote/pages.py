"""What remote plugins fetch from the host: its public keys, and tokens to call it by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from arengo_core.errors import InvalidInputError
from arengo_core.host import Host
from arengo_core.remote import keys, tokens
from arengo_core.remote.taking import answered, require_genuine
from arengo_core.web.context import ArengoRequest, FromHost

_LONGEST = 1_000


@get(keys.PATH, name="signing-keys", opt={"exclude_from_csrf": True})
async def signing_keys(host: FromHost) -> Response[dict[str, Any]]:
    """The public keys by which the host signs, as a JSON Web Key Set."""
    async with host.unit_of_work(read_only=True) as uow:
        found = await keys.published(uow.session)
    return Response(found, headers={"cache-control": "public, max-age=60"})


@dataclass(frozen=True, slots=True)
class _Asked:
    organization_id: UUID | None = None


async def _issue(
    host: Host, plugin: str, body: bytes, headers: Mapping[str, str]
) -> dict[str, Any]:
    await require_genuine(host, plugin, body, headers)
    try:
        asked = msgspec.json.decode(body, type=_Asked)
    except (msgspec.DecodeError, ValueError) as error:
        raise InvalidInputError("{place}: {fault}", place="organization_id", fault=error) from None
    async with host.unit_of_work() as uow:
        issued = await tokens.issue(uow, host, plugin, headers["webhook-id"], asked.organization_id)
    return {"token": issued.token, "expires_at": issued.expires_at.isoformat()}


@post(
    "/webhooks/remote/{plugin:str}/token",
    name="remote-token",
    status_code=200,
    opt={"exclude_from_csrf": True, "protocol": "webhook"},
    request_max_body_size=_LONGEST,
)
async def remote_token(
    request: ArengoRequest, host: FromHost, plugin: FromPath[str]
) -> Response[dict[str, Any]]:
    """A token for ``/graphql``, for a plugin that asks signed by the secret it shares with us."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = await answered(_issue(host, plugin, await request.body(), headers))
    answer.headers["cache-control"] = "no-store"
    return answer


ROUTES: list[Any] = [signing_keys, remote_token]
