"""Tables in a PostgreSQL schema of the plugin's own, with a history of its own."""

from pathlib import Path

from sqlalchemy import MetaData

from arengo_core.database.migrate import MigrationHistory
from arengo_core.plugins.hookspecs import hookimpl

METADATA = MetaData(schema="example")  # of the plugin's declarative base


@hookimpl
def arengo_migrations() -> MigrationHistory:
    return MigrationHistory("example", Path(__file__).parent / "migrations", METADATA)
