"""API tokens: no more than they were given, for as long, and never kept in clear."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from arengo_core import clock
from arengo_core.caller import Role
from arengo_core.errors import (
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)
from arengo_core.identity import tokens
from arengo_core.ids import digest
from tests.core.places import place

MINE = "{ me { roles { organization { id } } } }"
CHANGE = 'mutation { invitePerson(organizationId: "%s", email: "new@example.it", name: "N", role: "clerk") { done userErrors { code message } } }'  # noqa: E501


@pytest.fixture
async def owner(host, make_user, caller_for):
    """Somebody in charge of two municipalities: caller, one, the other."""
    first, second = await place(host), await place(host)
    person = await make_user(
        (first.id, Role.MUNICIPAL_OFFICER), (second.id, Role.MUNICIPAL_OFFICER)
    )
    return await caller_for(person), first, second


async def _make(host, caller, *places, read_only=False, days=30):
    async with host.unit_of_work(caller) as uow:
        return await tokens.create(
            uow, organization_ids=[row.id for row in places], read_only=read_only, days=days
        )


async def _caller(host, token):
    async with host.unit_of_work() as uow:
        return await host.identity.caller_of(uow, token, "it")


async def _own(host, caller):
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await tokens.own(uow)


async def _with(visit, token):
    visitor = await visit()
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    return visitor


async def test_a_token_reaches_the_chosen_organizations_alone(host, owner, visit):
    caller, first, second = owner
    token = await _make(host, caller, first)
    found = await _caller(host, token)
    assert found.user_id == caller.user_id
    assert [grant.organization_id for grant in found.grants] == [first.id]
    assert second.id not in found.scope.organizations
    answer = await (await _with(visit, token)).graphql(MINE)
    assert len(answer["data"]["me"]["roles"]) == 1


async def test_only_the_digest_is_kept(host, owner):
    caller, first, _ = owner
    token = await _make(host, caller, first)
    async with host.unit_of_work(caller) as uow:
        rows = (
            await uow.session.execute(text("select t::text, digest from core.api_token t"))
        ).all()
    assert digest(token) in [row[1] for row in rows]
    assert not any(token in row[0] or token[len(tokens.PREFIX) :] in row[0] for row in rows)


async def test_a_read_only_token_changes_nothing_and_is_told_why(host, owner, visit):
    caller, first, _ = owner
    from arengo_core.ids import encode_global_id

    change = CHANGE % encode_global_id("Organization", first.id)
    refused = await (await _with(visit, await _make(host, caller, first, read_only=True))).graphql(
        change
    )
    [error] = refused["data"]["invitePerson"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
    assert "token" in error["message"]
    async with host.unit_of_work(caller) as uow:
        count = text("select count(*) from core.invitation where organization_id = :id")
        assert await uow.session.scalar(count, {"id": first.id}) == 0
    done = await (await _with(visit, await _make(host, caller, first))).graphql(change)
    assert done["data"]["invitePerson"] == {"done": True, "userErrors": []}


async def test_a_token_ends_by_time_and_by_revoking(host, owner, move_clock):
    caller, first, _ = owner
    kept, revoked = await _make(host, caller, first), await _make(host, caller, first)
    newest = (await _own(host, caller))[0]
    async with host.unit_of_work(caller) as uow:
        await tokens.revoke(uow, newest.id)
    assert await _caller(host, revoked) is None
    assert await _caller(host, kept) is not None
    move_clock(clock.now() + timedelta(days=31))
    assert await _caller(host, kept) is None


async def test_the_last_use_is_shown(host, owner, visit, move_clock):
    caller, first, _ = owner
    token = await _make(host, caller, first)
    assert (await _own(host, caller))[0].last_used_at is None
    visitor = await _with(visit, token)
    await visitor.graphql(MINE)
    used = (await _own(host, caller))[0].last_used_at
    assert used is not None
    await visitor.graphql(MINE)
    assert (await _own(host, caller))[0].last_used_at == used, "noted every few minutes"
    move_clock(clock.now() + timedelta(minutes=6))
    await visitor.graphql(MINE)
    assert (await _own(host, caller))[0].last_used_at > used


async def test_a_token_makes_and_shows_no_tokens_and_opens_no_pages(host, owner, visit):
    caller, first, _ = owner
    token = await _make(host, caller, first)
    with pytest.raises(UnauthenticatedError):
        await _make(host, await _caller(host, token), first)
    with pytest.raises(UnauthenticatedError):
        await _own(host, await _caller(host, token))
    visitor = await _with(visit, token)
    assert (await visitor.get("/account")).status_code != 200


async def test_anothers_organization_and_token_are_out_of_reach(host, owner, make_user, caller_for):
    caller, first, _ = owner
    await _make(host, caller, first)
    [mine] = await _own(host, caller)
    other = await caller_for(await make_user())
    with pytest.raises(ForbiddenError):
        await _make(host, other, first)
    with pytest.raises(NotFoundError):
        async with host.unit_of_work(other) as uow:
            await tokens.revoke(uow, mine.id)
    assert [row.id for row in await _own(host, caller)] == [mine.id]


async def test_no_organization_or_no_life_is_refused(host, owner):
    caller, first, _ = owner
    for places, days in (((), 30), ((first,), 0), ((first,), 10_000)):
        with pytest.raises(InvalidInputError):
            await _make(host, caller, *places, days=days)
    assert not await _own(host, caller)


async def test_the_page_shows_a_token_once_and_revokes_it(host, owner, visit, make_user):
    town = await place(host)
    visitor = await visit(await make_user((town.id, Role.MUNICIPAL_OFFICER)))
    refused = await visitor.post("/account/tokens", {"days": "30", "rights": "full"})
    assert refused.status_code == 400
    made = await visitor.post(
        "/account/tokens", {"organization_ids": str(town.id), "days": "30", "rights": "full"}
    )
    token = made.text.split("<code>")[1].split("</code>")[0]
    assert (await _caller(host, token)).read_only is False
    again = await visitor.get("/account")
    assert token not in again.text
    action = again.text.split('action="/account/tokens/')[1].split('"')[0]
    assert (await visitor.post(f"/account/tokens/{action}")).status_code == 303
    assert await _caller(host, token) is None
