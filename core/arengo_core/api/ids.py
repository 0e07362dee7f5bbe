"""Relay's ``node(id)``: any object that a package registered a loader for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import strawberry

from arengo_core.api.context import Info
from arengo_core.errors import InvalidInputError
from arengo_core.ids import decode_global_id
from arengo_core.plugins.contributions import GraphqlContribution


@strawberry.interface(description="Anything with a Relay id.")
class Node:
    """Relay's Node."""

    id: strawberry.ID


def node_query(loaders: Mapping[str, Callable[..., Awaitable[Any]]]) -> GraphqlContribution:
    """The root field ``node`` over the loaders by type name."""

    @strawberry.type
    class NodeQuery:
        @strawberry.field(description="An object by its Relay id; null when there is none for you.")
        async def node(self, info: Info, id: strawberry.ID) -> Node | None:
            try:
                type_name, text = decode_global_id(id)
                value = UUID(text)
            except ValueError:
                raise InvalidInputError("{value} is not an id.", field="id", value=id) from None
            load = loaders.get(type_name)
            return await load(info, value) if load else None

    return GraphqlContribution(queries=(NodeQuery,))
