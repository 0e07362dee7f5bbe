"""What is another member's answers as what does not exist: same bytes, same statements."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from arengo_core.ids import new_id
from arengo_core.testing.statements import counting
from tests.enumeration import surface
from tests.enumeration.test_fields import FIELDS
from tests.enumeration.test_routes import ROUTES, _call

PUBLIC = {"Organization", "Offer"}
KINDS = ("merchant", "municipality", "consortium")
_FLEETING = re.compile(r"\b[0-9a-f]{16}\b|\b[0-9a-f]{32}\b|name=\"_csrf_token\" value=\"[^\"]*\"")


def _nowhere(world):
    """The same world, whose objects are ids that nothing has; what is public stays."""
    return replace(
        world,
        objects={
            key: (kind, value if kind in PUBLIC else new_id())
            for key, (kind, value) in world.objects.items()
        },
    )


def _plain(text, world):
    """An answer without what differs from call to call, and without the ids that were asked."""
    for key in world.objects:
        text = text.replace(world.plain(key), "ID").replace(json.dumps(world.relay(key)), "ID")
    return _FLEETING.sub("", text)


async def _compare(host, key, ask, world):
    answers = []
    for where in (world, _nowhere(world)):
        with counting(host) as statements:
            status, text = await ask(where)
        answers.append((status, _plain(text, where), statements))
    (status, text, statements), (status_2, text_2, statements_2) = answers
    if status != status_2:
        return f"{key}: {status} of another member, {status_2} of nobody"
    if text != text_2:
        lines = zip(text.splitlines(), text_2.splitlines(), strict=False)
        return f"{key}: {next((pair for pair in lines if pair[0] != pair[1]), 'length')}"
    if statements != statements_2:
        return (
            f"{key}: {len(statements)} statements of another member, {len(statements_2)} of nobody"
        )
    return None


async def test_fields_answer_alike(host, app, visit, world, rehearsal):
    people = {who: await visit(world.people[f"other {who}"]) for who in KINDS}
    rehearsal()
    faults = []
    for key, word, field in surface.root_fields(host.state["schemas"].whole):
        case = FIELDS.get(key)
        if case is None or case.who not in KINDS or case.shared or not case.values:
            continue

        async def ask(where, key=key, word=word, field=field, case=case):
            query, variables = surface.operation(key.partition(".")[2], word, field, case, where)
            answer = await people[case.who].http.post(
                "/graphql", json={"query": query, "variables": variables}
            )
            return answer.status_code, answer.text

        faults.append(await _compare(host, key, ask, world))
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(["", *found])


async def test_pages_answer_alike(host, app, visit, world, rehearsal):
    people = {who: await visit(world.people[f"other {who}"]) for who in KINDS}
    for visitor in people.values():
        await visitor.get("/account")
    rehearsal()
    faults = []
    for route in surface.routes(app):
        case = ROUTES.get(route.key)
        if case is None or case.who not in KINDS or case.shared or not case.values:
            continue

        async def ask(where, route=route, case=case):
            answer = await _call(people[case.who], route, case, where)
            return answer.status_code, answer.text

        faults.append(await _compare(host, route.key, ask, world))
    found = [fault for fault in faults if fault]
    assert not found, "\n".join(["", *found])
