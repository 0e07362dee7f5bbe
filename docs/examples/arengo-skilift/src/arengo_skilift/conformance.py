"""What the kit asks of this plugin beside what it looks at by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_skilift.lifts import reactions

OPEN = {
    "anybody's; it shows lifts of members with the service": (
        "/lifts",
        "menu /lifts",
        "Query.lifts",
        "Product.open_lifts_nearby",
    ),
    "by the clock: what was heard of a lift grows old, whoever has the service": (
        "job skilift.forget_stale",
    ),
}
"""What names no service, by why it is open; the kit asks for each."""


async def _counted(_host: Host, member: UUID) -> dict[str, Any]:
    return {"organization": str(member), "event": str(new_id()), "at": clock.now().isoformat()}


PAYLOADS = {reactions.COUNT: _counted}
"""What jobs are tried with, made for a member; the kit runs each twice."""
