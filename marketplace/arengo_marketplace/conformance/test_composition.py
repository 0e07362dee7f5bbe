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


def _sets(services: list[str]) -> Iterator[Services]:
    """All services, each off, each pair off, and seeded random sets with some more begun."""
    everything = frozenset(services)
    yield Services(everything, everything)
    for count in (1, 2):
        for off in combinations(services, count):
            active = everything.difference(off)
            yield Services(active, active)
    chance = random.Random(0)  # noqa: S311 - reproducible, not secret
    for _ in range(_SETS):
        active, once = (
            frozenset(chance.sample(services, chance.randint(0, len(services)))) for _ in range(2)
        )
        yield Services(active, active | once)


async def test_the_schema_is_valid_with_any_set_of_services(
    subject: Plugin, host: Host, app: Any
) -> None:
    if not (subject.graphql.queries or subject.graphql.mutations or subject.graphql.extensions):
        pytest.skip("the plugin adds nothing to the schema")
    schemas = host.state["schemas"]
    assert validate_schema(schemas.whole._schema) == []
    for services in _sets(sorted(host.registry.services)):
        schema = await schemas.for_services(services)
        faults = validate_schema(schema._schema)
        assert not faults, f"with {services}: {faults[0]}"
