"""``/graphql`` over HTTP: JSON in, JSON out by msgspec; GraphiQL for a browser."""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from graphql import GraphQLError
from litestar import Response, get, post

from arengo_core import tracing
from arengo_core.api.context import ApiContext
from arengo_core.caller import Caller
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import error_text
from arengo_core.plugins.containment import plugin_of
from arengo_core.web.context import ArengoRequest, FromHost, caller_of
from arengo_core.web.pages import page
from arengo_graphql.schemas import Schemas

_log = structlog.get_logger("arengo.graphql")
_MAX_BODY = 2_000_000
_NUL = rb"\u0000"  # in JSON as in GraphQL; PostgreSQL keeps no text with it
_GRAPHIQL_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
)


class Operation(msgspec.Struct, rename="camel"):
    """A GraphQL request."""

    query: str = ""
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


_decoder = msgspec.json.Decoder(Operation)
_encoder = msgspec.json.Encoder()


def _refusal(status: int, code: str, message: str) -> Response[bytes]:
    error = {"message": message, "extensions": {"code": code, "traceId": tracing.current()}}
    return Response(
        _encoder.encode({"errors": [error]}), status_code=status, media_type="application/json"
    )


def _told(error: GraphQLError) -> dict[str, Any]:
    """An error for the caller: ours masked with a trace id, theirs in words."""
    original = error.original_error
    path = {"path": error.path} if error.path else {}
    places = [{"line": place.line, "column": place.column} for place in error.locations or []]
    if isinstance(original, ArengoError):
        code, message = original.code, error_text(original)
    elif original is None or error.path is None:
        # Without a path no resolver ran: the request or its variables are wrong.
        code, message = "GRAPHQL_INVALID", error.message
    else:
        code, message = "INTERNAL", "Something failed on our side; quote the trace id."
        _log.error("resolver_failed", path=error.path, exc_info=original)
    extensions = {"code": code, "traceId": tracing.current()}
    return {"message": message, "locations": places, **path, "extensions": extensions}


async def _record(host: Host, errors: list[GraphQLError]) -> None:
    """Note faults of resolvers against the plugins whose they are."""
    for error in errors:
        fault = error.original_error
        if fault is None or isinstance(fault, ArengoError):
            continue
        plugin = plugin_of(host.registry, fault)
        if plugin is not None:
            path = ".".join(part for part in error.path or [] if isinstance(part, str))
            await host.guard.record(plugin, f"field {path}", fault)


async def execute(
    host: Host, caller: Caller, operation: Operation, request: ArengoRequest | None = None
) -> dict[str, Any]:
    """Run an operation; the answer as GraphQL over HTTP has it."""
    schemas: Schemas = host.state["schemas"]
    async with ApiContext(host, caller, request) as context:
        schema = await schemas.for_caller(context)
        result = await schema.execute(
            operation.query,
            variable_values=operation.variables,
            context_value=context,
            operation_name=operation.operation_name,
        )
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        await _record(host, result.errors)
        answer["errors"] = [_told(error) for error in result.errors]
    return answer


@post("/graphql", status_code=200, name="graphql", opt={"exclude_from_csrf": True})
async def graphql_endpoint(request: ArengoRequest, host: FromHost) -> Response[bytes]:
    """Execute an operation. The JSON content type keeps foreign forms out (CSRF)."""
    if request.content_type[0] != "application/json":
        return _refusal(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/json.")
    body = await request.body()
    if len(body) > _MAX_BODY:
        return _refusal(413, "TOO_LARGE", f"At most {_MAX_BODY} bytes are possible.")
    if _NUL in body:
        return _refusal(
            400, "GRAPHQL_INVALID", "The character U+0000 cannot be kept: leave it out."
        )
    try:
        operation = _decoder.decode(body)
    except msgspec.MsgspecError as error:
        return _refusal(400, "GRAPHQL_INVALID", f"The body is not a GraphQL request: {error}")
    if not operation.query.strip():
        return _refusal(400, "GRAPHQL_INVALID", "The field query is missing.")
    answer = await execute(host, await caller_of(request), operation, request)
    return Response(_encoder.encode(answer), media_type="application/json")


@get("/graphql", name="graphiql", opt={"exclude_from_csrf": True})
async def graphiql(request: ArengoRequest, host: FromHost) -> Response[str]:
    """GraphiQL, served from here."""
    async with host.unit_of_work(await caller_of(request), read_only=True) as uow:
        answer = await page(request, uow, "graphql/graphiql.html", face="office")
    answer.headers["content-security-policy"] = _GRAPHIQL_POLICY
    return answer


ROUTES: list[Any] = [graphql_endpoint, graphiql]
