"""What happens to connections when the database goes away and comes back."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

from arengo_core.errors import DatabaseAwayError

_ENDED_BY_SERVER = frozenset({"57P01", "57P02", "57P03"})
_REFUSALS = (
    OSError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.PostgresConnectionError,
)

AWAY = (DatabaseAwayError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError, *_REFUSALS)
"""What a piece of work on a connection of its own ends with when the database goes away."""


def watch(engine: AsyncEngine) -> None:
    """Let an engine say DatabaseAwayError, and use no connection that has ended meanwhile."""
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "checkout", _refuse_ended)
    event.listen(engine.sync_engine, "handle_error", _tell)


def _connect(dialect: Any, _record: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    try:
        return dialect.connect(*arguments, **options)
    except _REFUSALS as error:
        raise DatabaseAwayError from error


def _refuse_ended(connection: Any, _record: Any, _proxy: Any) -> None:
    # The driver noticed when the server closed its end: no ping is needed to know.
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _tell(context: ExceptionContext) -> None:
    code = getattr(context.original_exception, "sqlstate", None)
    if context.is_disconnect or code in _ENDED_BY_SERVER:
        context.is_disconnect = True
        raise DatabaseAwayError from context.original_exception
