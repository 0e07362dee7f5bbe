"""The HTTP side of the API."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.response import Stream

from arengo_payments.standin.faults import lost_answer
from arengo_payments.standin.service import SERVER_ERROR, ApiRequest, Standin
from arengo_payments.standin.world import API_VERSION, new_id


@route("/{path:path}", http_method=[HttpMethod.GET, HttpMethod.POST])
async def call(
    request: Request[Any, Any, State], state: State
) -> Response[dict[str, Any]] | Response[Any] | Stream:
    """Any request to the API."""
    standin: Standin = state.standin
    path = request.url.path.rstrip("/")
    fault = standin.faults.take(request.method, path)
    if fault is not None and fault.when == "before":
        if fault.kind != "error":
            return await lost_answer(fault.kind)
        return Response(SERVER_ERROR, status_code=500, headers={"Request-Id": new_id("req_")})
    asked = ApiRequest(
        method=request.method,
        path=path,
        query=request.url.query,
        body=await request.body(),
        authorization=request.headers.get("authorization", ""),
        idempotency_key=request.headers.get("idempotency-key"),
    )
    answer, is_replayed = standin.answer(asked, fault)
    if fault is not None and fault.kind != "error":
        return await lost_answer(fault.kind)
    headers = {"Request-Id": answer.request_id, "Stripe-Version": API_VERSION}
    if asked.idempotency_key:
        headers["Idempotency-Key"] = asked.idempotency_key
    if is_replayed:
        headers |= {
            "Request-Id": new_id("req_"),
            "Idempotent-Replayed": "true",
            "Original-Request": answer.request_id,
        }
    return Response(answer.body, status_code=answer.status, headers=headers)


api = Router("/v1", route_handlers=[call])
