"""The address that gateways send their webhooks to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from arengo_core.errors import ArengoError
from arengo_core.i18n import error_text
from arengo_core.limits.requests import UNLIMITED
from arengo_core.web.context import ArengoRequest, FromHost
from arengo_payments.webhooks import service

_LIMIT = 1_000_000


@post(
    "/webhooks/payments/{gateway:str}/{consortium_id:uuid}",
    name="payment-webhook",
    status_code=200,
    opt={"exclude_from_csrf": True, "protocol": "webhook", UNLIMITED: True},
    request_max_body_size=_LIMIT,
)
async def payment_webhook(
    request: ArengoRequest, host: FromHost, gateway: FromPath[str], consortium_id: FromPath[UUID]
) -> Response[dict[str, Any]]:
    """A gateway's message: signed by the consortium's secret, taken once. Bodies are not kept."""
    try:
        await service.take(
            host, consortium_id, gateway, await request.body(), dict(request.headers.items())
        )
    except ArengoError as error:
        if error.status >= 500:
            raise
        message = {"code": error.code, "message": error_text(error)}
        return Response({"error": message}, status_code=error.status)
    return Response({"received": True})


ROUTES: list[Any] = [payment_webhook]
