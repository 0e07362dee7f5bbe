"""Every root field of the schema has a case, and refuses whom the case says."""

from __future__ import annotations

from arengo_core.api.gating import SERVICE
from tests.enumeration import surface

FIELDS = surface.all_cases("FIELDS")
MISSING = {"NOT_FOUND", "NO_PRODUCT"}
REFUSALS = {"UNAUTHENTICATED", "FORBIDDEN", "NOT_ACTIVE"} | MISSING
FAULTS = {"INTERNAL", "GRAPHQL_INVALID"}


def _with_cases(host, *who):
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        case = FIELDS.get(key)
        if case is not None and (not who or case.who in who):
            yield key, word, field, case


async def _ask(visitor, key, word, field, case, world, **options):
    """The codes in the answer, and whether the field holds nothing."""
    name = key.partition(".")[2]
    query, variables = surface.operation(name, word, field, case, world, **options)
    answer = await visitor.graphql(query, **variables)
    codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
    value = (answer.get("data") or {}).get(name)
    if isinstance(value, dict):
        codes += [error["code"] for error in value.get("userErrors", [])]
    is_empty = value in (None, [], 0) or (isinstance(value, dict) and value.get("edges") == [])
    return codes, is_empty, answer


def _hidden(key, answer):
    """Whether the answer is that of a field which does not exist, with inputs of its own."""
    kind, _, name = key.partition(".")
    said = [error["message"].partition(" Did you")[0] for error in answer.get("errors", [])]
    others = [text for text in said if not text.startswith("Unknown type ")]
    return others == [f"Cannot query field '{name}' on type '{kind}'."]


async def _refused(visitor, key, word, field, case, world, **options):
    codes, is_empty, answer = await _ask(visitor, key, word, field, case, world, **options)
    if field.extensions["strawberry-definition"].metadata.get(SERVICE) and _hidden(key, answer):
        return None
    if set(codes) & FAULTS:
        return f"{key}: {answer}"
    if set(codes) & REFUSALS or (is_empty and not codes and word == "query"):
        return None
    return f"{key}: {answer if codes else 'answered'}"


def test_every_root_field_has_a_case(host, app):
    keys = {key for key, _, _ in surface.root_fields(host.state["schemas"].whole)}
    assert sorted(keys - FIELDS.keys()) == []
    assert sorted(FIELDS.keys() - keys) == [], "cases of fields that do not exist"


async def test_anonymous_callers_are_refused(host, app, visit, world, rehearsal):
    visitor = await visit()
    rehearsal()
    found = [
        await _refused(visitor, *one, world)
        for one in _with_cases(host, "person", "merchant", "municipality", "consortium")
    ]
    faults = [fault for fault in found if fault]
    assert not faults, "\n".join(["", *faults])


async def test_people_without_a_role_are_refused(host, app, visit, world, rehearsal):
    visitor = await visit(world.people["nobody"])
    rehearsal()
    found = [
        await _refused(visitor, *one, world)
        for one in _with_cases(host, "merchant", "municipality", "consortium")
    ]
    faults = [fault for fault in found if fault]
    assert not faults, "\n".join(["", *faults])


async def test_another_members_people_are_refused(host, app, visit, world, rehearsal):
    kinds = ("merchant", "municipality", "consortium")
    people = {who: await visit(world.people[f"other {who}"]) for who in kinds}
    rehearsal()
    found = [
        await _refused(people[one[3].who], *one, world)
        for one in _with_cases(host, *kinds)
        if one[3].values and not one[3].shared
    ]
    faults = [fault for fault in found if fault]
    assert not faults, "\n".join(["", *faults])


async def test_a_delegate_does_nothing_but_what_was_delegated(host, app, visit, world, rehearsal):
    people = {}
    for who, place in (("merchant", "dairy"), ("municipality", "lead")):
        people[who] = await visit(world.people[f"delegate of {who}"])
        acting = await people[who].post("/account/acting", {"organization": world.plain(place)})
        assert acting.status_code == 303
    rehearsal()
    found = {
        one[0]: await _refused(people[one[3].who], *one, world)
        for one in _with_cases(host, *people)
        if one[3].values and not one[3].shared
    }
    delegated = {"Mutation.updateOrganization", "Mutation.actFor"}
    assert delegated == {key for key, fault in found.items() if fault}, found


async def test_another_secret_opens_nothing(host, app, visit, world, rehearsal):
    visitor = await visit()
    rehearsal()
    found = [
        await _refused(visitor, *one, world, forged=True) for one in _with_cases(host, "secret")
    ]
    faults = [fault for fault in found if fault]
    assert not faults, "\n".join(["", *faults])


async def test_who_may_is_answered(host, app, visit, world, rehearsal):
    kinds = ("merchant", "municipality", "consortium")
    people = {who: await visit(world.people[who]) for who in kinds}
    people |= {"anybody": await visit(), "secret": await visit(), "person": people["merchant"]}
    rehearsal()
    faults = []
    for key, word, field, case in _with_cases(host):
        codes, _, answer = await _ask(people[case.who], key, word, field, case, world)
        if case.unknown:
            codes = [code for code in codes if code in FAULTS]
        absent = any(name in world.absent or name == "nothing" for name in case.values.values())
        bad = FAULTS | (REFUSALS - MISSING if absent else REFUSALS)
        if set(codes) & bad:
            faults.append(f"{key}: {answer.get('errors') or codes}")
    assert not faults, "\n".join(["", *faults])
