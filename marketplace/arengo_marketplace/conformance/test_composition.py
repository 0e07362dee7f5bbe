"""Its GraphQL composes with every other plugin's, whatever services are active."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from graphql import validate_schema

from arengo_core.caller import Services
from arengo_core.host import Host
from arengo_core.plugins.registry import Plugin

_SETS = 50


def _sets(services: list[str]) -> Iterator[frozenset[str]]:
    """All services, each off, each pair off, and seeded random sets."""
    everything = frozenset(services)
    yield everything
    for count in (1, 2):
        for off in combinations(services, count):
            yield everything.difference(off)
    chance = random.Random(0)  # noqa: S311 - reproducible, not secret
    for _ in range(_SETS):
        yield frozenset(chance.sample(services, chance.randint(0, len(services))))


async def test_the_schema_is_valid_with_any_set_of_services(
    subject: Plugin, host: Host, app: Any
) -> None:
    if not (subject.graphql.queries or subject.graphql.mutations or subject.graphql.extensions):
        pytest.skip("the plugin adds nothing to the schema")
    schemas = host.state["schemas"]
    assert validate_schema(schemas.whole._schema) == []
    everything = frozenset(host.registry.services)
    for active in _sets(sorted(everything)):
        schema = await schemas.for_services(Services(active, everything))
        faults = validate_schema(schema._schema)
        assert not faults, f"with {sorted(active)} active: {faults[0]}"
        schema = await schemas.for_services(Services(active, active))
        faults = validate_schema(schema._schema)
        assert not faults, f"with {sorted(active)} active and no other begun: {faults[0]}"
