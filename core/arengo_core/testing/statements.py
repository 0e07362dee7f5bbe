"""The statements that a piece of code sends to the database."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from arengo_core.host import Host


@contextmanager
def counting(host: Host, *, besides: str | None = None) -> Generator[list[str]]:
    """A list to which each statement is added that the host sends in the block.

    Statements that hold ``besides`` are left out.
    """
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if besides is None or besides not in statement:
            seen.append(statement)

    event.listen(host.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(host.engine.sync_engine, "before_cursor_execute", note)
