"""Connections: where the database is, and the engine of the restricted role."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from arengo_core.database.connections import watch

_json = msgspec.json.Encoder()


def async_url(url: str) -> URL:
    """SQLAlchemy URL of the asyncpg driver, which calls libpq's ``sslmode`` ``ssl``."""
    made = make_url(url).set(drivername="postgresql+asyncpg")
    mode = made.query.get("sslmode")
    if not mode:
        return made
    return made.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


def plain_url(engine: AsyncEngine) -> str:
    """The URL of an engine's database as libpq and asyncpg itself write it."""
    made = engine.url.set(drivername="postgresql")
    mode = made.query.get("ssl")
    if mode:
        made = made.difference_update_query(["ssl"]).update_query_dict({"sslmode": mode})
    return made.render_as_string(hide_password=False)


def _to_json(value: Any) -> str:
    return _json.encode(value).decode()


def make_engine(
    url: str, *, pool_size: int = 10, name: str = "arengo", statement_limit: float = 15.0
) -> AsyncEngine:
    """An engine for one event loop. JSON passes through msgspec.

    ``statement_limit``: seconds after which the server ends a statement. Errors carry no values;
    a database that is away is DatabaseAwayError, and is found again without a restart.
    """
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=5,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={
            "server_settings": {
                "application_name": name,
                "jit": "off",
                "statement_timeout": str(round(statement_limit * 1000)),
                "idle_in_transaction_session_timeout": "60000",
                "timezone": "UTC",
                # Disks are solid, pages cached: an index read is hardly dearer than the next page.
                "random_page_cost": "1.1",
                # How alike words must be for a search to forgive the difference: bresola, bresaola.
                "pg_trgm.word_similarity_threshold": "0.5",
            }
        },
    )
    watch(engine)
    return engine
