"""What remote plugins send on their own: genuine, or refused as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any

from litestar import Response

from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.remote.calling import Remote


async def require_genuine(host: Host, plugin: str, body: bytes, headers: Mapping[str, str]) -> None:
    """InvalidInputError for what the plugin did not sign, or long ago."""
    if not await Remote(host, plugin, "").took(body, headers):
        raise InvalidInputError("The signature is not the plugin's, or is too old.")


async def answered(work: Awaitable[dict[str, Any]]) -> Response[dict[str, Any]]:
    """What the work answers, or its refusal: ``{"error": {"code": …, "message": …}}``."""
    try:
        return Response(await work)
    except ArengoError as error:
        if error.status >= 500:
            raise
        message = {"code": error.code, "message": error_text(error)}
        return Response({"error": message}, status_code=error.status)
