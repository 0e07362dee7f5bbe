"""Every route has a case, and refuses whom the case says."""

from __future__ import annotations

from arengo_core.web.context import SCRIPTS
from tests.enumeration import surface

ROUTES = surface.all_cases("ROUTES")
WITHOUT_MUTATION = {
    "POST /graphql",
    "POST /webhooks/payments/{gateway}/{consortium_id}",
    "POST /webhooks/remote/{plugin}/token",
    "POST /webhooks/remote/{plugin}/usage",
    # It writes nothing: it leads to the address that asks what its fields say.
    "POST /office/what-if",
    # The way to an identity provider and back is a browser's, with what its cookies carry.
    "POST /account/identities",
    "POST /sign-in/with/{key}/return",
}
REFUSED = {403, 404}


def _with_cases(app, *who):
    for route in surface.routes(app):
        case = ROUTES.get(route.key)
        if case is not None and (not who or case.who in who):
            yield route, case


async def _call(visitor, route, case, world, **options):
    path = route.address(case, world, **options)
    if route.method == "GET":
        return await visitor.get(path)
    data = {
        name: world.plain(value[1:]) if value.startswith("@") else value
        for name, value in case.data.items()
    }
    return await visitor.post(path, data)


def test_every_route_has_a_case(app):
    keys = [route.key for route in surface.routes(app)]
    assert sorted(set(keys) - ROUTES.keys()) == []
    assert sorted(ROUTES.keys() - set(keys)) == [], "cases of routes that do not exist"


def test_every_handler_has_a_name(app):
    assert [route.key for route in surface.routes(app) if not route.handler.name] == []


def test_every_form_names_its_mutation(app, host):
    """What a page can do, the API can do, and the other way round the names are real."""
    schema = host.state["schemas"].whole
    known = {name for name, word, _ in surface.root_fields(schema) if word == "mutation"}
    faults = []
    for route in surface.routes(app):
        if route.method == "GET" or route.key in WITHOUT_MUTATION:
            continue
        mutation = route.handler.opt.get("mutation")
        if mutation is None:
            faults.append(f"{route.key} names no mutation")
        elif f"Mutation.{mutation}" not in known:
            faults.append(f"{route.key} names {mutation!r}, which the schema lacks")
    assert not faults, "\n".join(["", *faults])


async def test_no_form_is_taken_without_its_csrf_token(app, visit, world):
    faults = []
    visitor = await visit(world.people["merchant"])
    for route in surface.routes(app):
        if route.method != "POST" or route.handler.opt.get("exclude_from_csrf"):
            continue
        case = ROUTES.get(route.key)
        path = route.address(case, world) if case else route.path.replace("{", "").replace("}", "")
        answer = await visitor.http.post(path, data={})
        # A path that no handler matches is no form at all.
        if answer.status_code != 403 and not (case is None and answer.status_code == 404):
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_anonymous_callers_are_asked_to_sign_in(app, visit, world, rehearsal):
    faults, visitor = [], await visit()
    await visitor.get("/sign-in")
    rehearsal()
    for route, case in _with_cases(app, "person", "merchant", "municipality", "consortium"):
        answer = await _call(visitor, route, case, world)
        if answer.status_code == 303 and answer.headers["location"].startswith("/sign-in"):
            continue
        if answer.status_code == 401 and route.handler.opt.get(SCRIPTS):
            continue
        is_page = route.method == "GET" and route.leads_to_sign_in
        if is_page or answer.status_code not in REFUSED:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_people_without_a_role_are_refused(app, visit, world, rehearsal):
    faults, visitor = [], await visit(world.people["nobody"])
    await visitor.get("/account")
    rehearsal()
    for route, case in _with_cases(app, "merchant", "municipality", "consortium"):
        answer = await _call(visitor, route, case, world)
        if answer.status_code not in REFUSED:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_another_members_people_are_refused(app, visit, world, rehearsal):
    faults = []
    people = {
        who: await visit(world.people[f"other {who}"])
        for who in ("merchant", "municipality", "consortium")
    }
    for visitor in people.values():
        await visitor.get("/account")
    rehearsal()
    for route, case in _with_cases(app, *people):
        if not case.values or case.shared:
            continue
        answer = await _call(people[case.who], route, case, world)
        if answer.status_code not in REFUSED:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_a_delegate_does_nothing_but_what_was_delegated(app, visit, world, rehearsal):
    people, open_ones = {}, {}
    for who, place in (("merchant", "dairy"), ("municipality", "lead")):
        people[who] = await visit(world.people[f"delegate of {who}"])
        acting = await people[who].post("/account/acting", {"organization": world.plain(place)})
        assert acting.status_code == 303
    rehearsal()
    for route, case in _with_cases(app, *people):
        answer = await _call(people[case.who], route, case, world)
        if answer.status_code not in REFUSED:
            open_ones[route.key] = answer.headers.get("location", answer.status_code)
    assert open_ones.pop("GET /office") == "/account"
    delegated = {"GET /office/organization", "POST /office/organization"}
    assert open_ones.keys() == delegated, open_ones


async def test_merchants_are_refused_what_is_the_consortiums(app, visit, world, rehearsal):
    faults, visitor = [], await visit(world.people["merchant"])
    await visitor.get("/account")
    rehearsal()
    for route, case in _with_cases(app, "consortium"):
        answer = await _call(visitor, route, case, world)
        if answer.status_code not in REFUSED:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_another_secret_opens_nothing(app, visit, world, rehearsal):
    faults, visitor = [], await visit()
    await visitor.get("/sign-in")
    rehearsal()
    for route, case in _with_cases(app, "secret"):
        answer = await _call(visitor, route, case, world, forged=True)
        if answer.status_code not in REFUSED:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])


async def test_who_may_is_let_in(app, visit, world, rehearsal):
    faults = []
    people = {
        who: await visit(world.people[who]) for who in ("merchant", "municipality", "consortium")
    }
    people |= {"anybody": await visit(), "secret": await visit(), "person": people["merchant"]}
    for visitor in people.values():
        await visitor.get("/account")
        await visitor.get("/sign-in")
    rehearsal()
    for route, case in _with_cases(app):
        answer = await _call(people[case.who], route, case, world)
        absent = case.missing or any(
            key in world.absent or key == "nothing" for key in case.values.values()
        )
        refused = {401, 403, 405} | (set() if absent else {404})
        led_away = (
            answer.status_code == 303
            and case.who not in {"anybody", "secret"}
            and (answer.headers["location"].startswith("/sign-in"))
        )
        if led_away or answer.status_code in refused or answer.status_code >= 500:
            faults.append(f"{route.key}: {answer.status_code}")
    assert not faults, "\n".join(["", *faults])
