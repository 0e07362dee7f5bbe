"""Every query answers its example call, and every field with a resolver is reached by one."""

from __future__ import annotations

from tests.enumeration import surface
from tests.enumeration.test_fields import FIELDS

DEPTH = 3


def _resolved(schema, plugins):
    """``Statement.shares``: fields of types that a query reaches, which a resolver answers.

    Types are shared by all hosts of a process: what plugins of other tests' hosts put on them is
    left out.
    """
    seen, waiting = set(), [schema._schema.query_type]
    while waiting:
        kind = waiting.pop()
        if kind.name in seen or not hasattr(kind, "fields"):
            continue
        seen.add(kind.name)
        waiting += [surface.get_named_type(field.type) for field in kind.fields.values()]
    for name in sorted(seen - {"Query", "_Service"}):
        definition = schema.get_type_by_name(name)
        for field in getattr(definition, "fields", ()):
            extender = field.metadata.get("arengo_plugin")
            if field.base_resolver is not None and extender in {None, *plugins}:
                yield f"{name}.{schema.config.name_converter.get_graphql_name(field)}"


def _answered(value):
    if isinstance(value, list):
        for one in value:
            yield from _answered(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield f"{value.get('__typename')}.{key}"
            yield from _answered(inner)


async def test_every_resolved_field_is_reached_and_answers(host, app, visit, world):
    schema = host.state["schemas"].whole
    kinds = ("merchant", "municipality", "consortium")
    people = {who: await visit(world.people[who]) for who in kinds}
    people |= {"anybody": await visit(), "secret": await visit(), "person": people["merchant"]}
    reached, faults = set(), []
    for key, word, field in surface.root_fields(schema):
        name, case = key.partition(".")[2], FIELDS.get(key)
        if word != "query" or case is None or case.unknown:
            continue
        query, variables = surface.operation(name, word, field, case, world, depth=DEPTH)
        answer = await people[case.who].graphql(query, **variables)
        if answer.get("errors"):
            faults.append(f"{key}: {answer['errors']}")
        reached |= set(_answered(answer.get("data")))
    assert not faults, "\n".join(["", *faults])
    plugins = [plugin.name for plugin in host.registry.plugins]
    assert sorted(set(_resolved(schema, plugins)) - reached) == []


async def test_nobody_reaches_by_a_public_field_what_is_a_members(host, app, visit, world):
    """What an anonymous caller gets of public fields, three levels deep, names no person."""
    schema = host.state["schemas"].whole
    visitor, found = await visit(), []
    for key, word, field in surface.root_fields(schema):
        if word != "query" or key == "Query._service" or FIELDS[key].who != "anybody":
            continue
        query, variables = surface.operation(
            key.partition(".")[2], word, field, FIELDS[key], world, depth=DEPTH
        )
        text = str((await visitor.graphql(query, **variables)).get("data"))
        found += [(key, p.email) for p in world.people.values() if p.email in text]
        found += [(key, "statement")] if "'Statement'" in text else []
    assert found == []
