"""A remote plugin sees and does by each root field what members let it, and nothing else."""

from __future__ import annotations

import json

from arengo_core.caller import Caller, Grant, OrganizationKind, Services
from arengo_graphql.endpoint import Operation, execute
from tests.enumeration import surface
from tests.enumeration.test_fields import FAULTS, FIELDS, REFUSALS

SERVED = {
    "dairy": OrganizationKind.MERCHANT,
    "lead": OrganizationKind.MUNICIPALITY,
}


def _caller(host, world, reading, writing):
    """A plugin that serves the dairy and the lead town, and what their data grants let it do."""
    registry = host.registry

    def grants(keys, *, writing):
        return tuple(
            Grant(
                world.objects[place][1],
                kind,
                None,
                given=registry.permissions_by(keys, kind, writing=writing) | {"in.reach"},
            )
            for place, kind in SERVED.items()
        )

    return Caller(
        plugin="permits",
        grants=grants(reading | writing, writing=False),
        writes=grants(writing, writing=True),
        services=Services(frozenset(registry.services)),
        locale="it",
    )


async def _ask(host, caller, key, word, field, world):
    name = key.partition(".")[2]
    query, variables = surface.operation(name, word, field, FIELDS[key], world, depth=2)
    answer = await execute(host, caller, Operation(query, variables))
    value = (answer["data"] or {}).get(name)
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    if isinstance(value, dict):
        codes |= {error["code"] for error in value.get("userErrors", [])}
    return json.dumps(value, default=str), codes, answer


async def test_within_reach_is_not_let_in(host, app, world, rehearsal):
    """Members' rows are in its scope; without a permission it is told what anybody is told."""
    plugin = _caller(host, world, frozenset(), frozenset())
    anybody = Caller(services=plugin.services, locale="it")
    rehearsal()
    faults, refused = [], 0
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        told, codes, answer = await _ask(host, plugin, key, word, field, world)
        public, _, _ = await _ask(host, anybody, key, word, field, world)
        refused += bool(codes & REFUSALS)
        if codes & FAULTS or (told != public and not codes & REFUSALS and told != "[]"):
            faults.append(f"{key}: {str(answer)[:300]} instead of {public[:200]}")
    for key in world.objects:
        query = f'{{ node(id: "{world.relay(key)}") {{ __typename id }} }}'
        told = [(await execute(host, one, Operation(query)))["data"] for one in (plugin, anybody)]
        if told[0] != told[1]:
            faults.append(f"node of {key}: {told}")
    assert not faults, "\n".join(["", *faults])
    assert refused > 100


async def test_who_may_read_does_not_write(host, app, world, rehearsal):
    reading = {key for key in host.registry.data_grants if key.endswith(":read")}
    plugin = _caller(host, world, reading, frozenset())
    rehearsal()
    faults, seen = [], set()
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        _, codes, answer = await _ask(host, plugin, key, word, field, world)
        if FIELDS[key].who not in {"merchant", "municipality", "consortium", "person"}:
            continue
        if codes & FAULTS or (word == "mutation" and (not codes or "REHEARSED" in codes)):
            faults.append(f"{key}: {str(answer)[:300]}")
        if word == "query" and not codes:
            seen.add(key.partition(".")[2])
    assert not faults, "\n".join(["", *faults])
    let_in = {"usage", "statements", "merchantOrders", "myProducts", "myShop", "keptPickUpPoints"}
    assert let_in < seen, seen


async def test_who_may_write_meets_no_fault(host, app, world, rehearsal):
    plugin = _caller(host, world, frozenset(), frozenset(host.registry.data_grants))
    rehearsal()
    faults, written = [], set()
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        _, codes, answer = await _ask(host, plugin, key, word, field, world)
        if codes & FAULTS:
            faults.append(f"{key}: {str(answer)[:300]}")
        if word == "mutation" and "REHEARSED" in codes:
            written.add(key.partition(".")[2])
    assert not faults, "\n".join(["", *faults])
    assert {"createPickUpPoint", "createProduct"} & written, written
