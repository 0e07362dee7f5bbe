"""Nothing that anybody sends makes the program fail: every root field, every form, any values."""

from __future__ import annotations

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    is_required_argument,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enumeration import surface
from tests.enumeration.test_fields import FIELDS
from tests.enumeration.test_routes import ROUTES

KINDS = ("anybody", "merchant", "municipality", "consortium")
EACH = 3
ODD = ["", "0", "-1", "1e400", "NaN", "2026-13-45", "\x00", "é" * 3_000, "../../x", "<b>", "'"]
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=40), st.integers().map(str))
LEAVES = {
    "String": TEXT,
    "ID": TEXT,
    "Int": st.one_of(st.sampled_from([0, -1, 2**31 - 1, -(2**31)]), st.integers(-1_000, 100_000)),
    "Float": st.floats(allow_nan=False, allow_infinity=False),
    "Boolean": st.booleans(),
    "Date": st.dates().map(str),
    "DateTime": st.datetimes(timezones=st.timezones()).map(lambda value: value.isoformat()),
    "Decimal": st.decimals(allow_nan=True).map(str),
    "JSON": st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), st.text(max_size=9)),
        lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=9), part),
        max_leaves=5,
    ),
    "Locale": st.sampled_from(["it", "en", "x"]),
}
WHATEVER = settings(
    max_examples=EACH,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def _values(kind, name, case, world):
    """What an argument may hold: mostly the case's own object where it has one."""
    if isinstance(kind, GraphQLNonNull):
        return _values(kind.of_type, name, case, world)
    if isinstance(kind, GraphQLList):
        return st.lists(_values(kind.of_type, name, case, world), max_size=3)
    if name in case.values:
        own = world.relay(case.values[name])
        return st.sampled_from([own] * 9 + ["nonsense"]) if isinstance(own, str) else st.just(own)
    if isinstance(kind, GraphQLInputObjectType):
        parts = {key: _values(part.type, key, case, world) for key, part in kind.fields.items()}
        needed = {k for k, part in kind.fields.items() if isinstance(part.type, GraphQLNonNull)}
        return st.fixed_dictionaries(
            {key: parts[key] for key in needed},
            optional={key: value for key, value in parts.items() if key not in needed},
        )
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(list(kind.values))
    return LEAVES[kind.name]


def _arguments(field, case, world):
    given_ = {key: _values(part.type, key, case, world) for key, part in field.args.items()}
    needed = {k for k, part in field.args.items() if is_required_argument(part) or k in case.values}
    return st.fixed_dictionaries(
        {key: given_[key] for key in needed},
        optional={key: value for key, value in given_.items() if key not in needed},
    )


def _examples(strategy):
    found = []

    @WHATEVER
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


async def _people(visit, world):
    people = {who: await visit(world.people.get(who)) for who in KINDS}
    for visitor in people.values():
        await visitor.get("/sign-in")
    return people | {"person": people["merchant"], "secret": people["anybody"]}


async def test_no_operation_fails(host, app, visit, world, rehearsal):
    people = await _people(visit, world)
    rehearsal()
    faults, reached = [], 0
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        case = FIELDS[key]
        for variables in _examples(_arguments(field, case, world)):
            query = surface.call(key.partition(".")[2], word, field, variables)
            answer = await people[case.who].http.post(
                "/graphql", json={"query": query, "variables": variables}
            )
            codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
            reached += "GRAPHQL_INVALID" not in codes
            if answer.status_code >= 500 or "INTERNAL" in codes:
                faults.append(f"{key} {str(variables)[:300]}: {answer.text[:200]}")
    assert not faults, "\n".join(["", *faults])
    assert reached > 300


async def test_no_page_fails(app, visit, world, rehearsal):
    people = await _people(visit, world)
    rehearsal()
    faults = []
    for route in surface.routes(app):
        case = ROUTES[route.key]
        names = sorted({*case.data, "q", "after", "page", "name", "amount", "month", "quantity"})
        for values in _examples(st.dictionaries(st.sampled_from(names), TEXT, max_size=6)):
            path = route.address(case, world)
            if route.method == "GET":
                answer = await people[case.who].get(path, params=values)
            else:
                answer = await people[case.who].post(path, values)
            if answer.status_code >= 500:
                faults.append(f"{route.key} {str(values)[:300]}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])
