"""Rules of identity: lock-out, links that work once, the last leader, sessions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnauthenticatedError,
)
from arengo_core.identity.attempts import PLACE
from arengo_core.identity.origin import Origin
from arengo_core.ids import new_id, new_token
from arengo_core.permissions.declared import PEOPLE
from arengo_core.testing.fixtures import PASSWORD
from tests.core.places import place

NEW = "another good password"


async def _sign_in(host, email, password=PASSWORD):
    async with host.unit_of_work() as uow:
        return await host.identity.sign_in(uow, email=email, password=password)


async def _caller(host, token):
    async with host.unit_of_work() as uow:
        return await host.identity.caller_of(uow, token, "it")


@pytest.fixture
async def officer(host, make_user, caller_for):
    """The one officer of a municipality: person, caller, municipality."""
    town = await place(host)
    person = await make_user((town.id, Role.MUNICIPAL_OFFICER))
    return person, await caller_for(person), town


def _link(mailbox, address, kind):
    [mail] = mailbox.to(address)[-1:]
    return re.search(rf"/{kind}/([\w-]+)", mail["text"])[1]


async def test_a_session_ends_by_time(host, make_user, move_clock):
    person = await make_user()
    token = await _sign_in(host, person.email)
    assert await _caller(host, token) is not None
    move_clock(clock.now() + timedelta(days=15))
    assert await _caller(host, token) is None


async def test_signing_out_here_leaves_the_other_session_and_everywhere_ends_both(host, make_user):
    person = await make_user()
    tokens = [await _sign_in(host, person.email) for _ in range(3)]
    first = await _caller(host, tokens[0])
    async with host.unit_of_work(first) as uow:
        await host.identity.sign_out(uow)
    assert [await _caller(host, token) is None for token in tokens] == [True, False, False]
    async with host.unit_of_work(await _caller(host, tokens[1])) as uow:
        await host.identity.sign_out(uow, everywhere=True)
    assert [await _caller(host, token) is None for token in tokens] == [True, True, True]


async def test_signing_out_needs_somebody_signed_in(host):
    with pytest.raises(UnauthenticatedError):
        async with host.unit_of_work() as uow:
            await host.identity.sign_out(uow)


async def test_a_reset_link_works_once_and_ends_all_sessions(host, make_user, run_jobs, mailbox):
    person = await make_user()
    session = await _sign_in(host, person.email)
    async with host.unit_of_work() as uow:
        await host.identity.request_password_reset(uow, person.email.upper())
    await run_jobs()
    token = _link(mailbox, person.email, "password")
    async with host.unit_of_work() as uow:
        await host.identity.reset_password(uow, token=token, password=NEW)
    assert await _caller(host, session) is None
    assert await _sign_in(host, person.email) is None
    assert await _sign_in(host, person.email, NEW)
    with pytest.raises(NotFoundError):
        async with host.unit_of_work() as uow:
            await host.identity.reset_password(uow, token=token, password=PASSWORD)
    assert await _sign_in(host, person.email, NEW)


async def test_a_refused_password_does_not_use_the_reset_link_up(
    host, make_user, run_jobs, mailbox
):
    person = await make_user()
    async with host.unit_of_work() as uow:
        await host.identity.request_password_reset(uow, person.email)
    await run_jobs()
    token = _link(mailbox, person.email, "password")
    with pytest.raises(InvalidInputError):
        async with host.unit_of_work() as uow:
            await host.identity.reset_password(uow, token=token, password="short")
    async with host.unit_of_work() as uow:
        await host.identity.reset_password(uow, token=token, password=NEW)
    assert await _sign_in(host, person.email, NEW)


async def test_a_reset_link_is_over_after_two_hours(host, make_user, run_jobs, mailbox, move_clock):
    person = await make_user()
    async with host.unit_of_work() as uow:
        await host.identity.request_password_reset(uow, person.email)
    await run_jobs()
    token = _link(mailbox, person.email, "password")
    move_clock(clock.now() + timedelta(hours=3))
    with pytest.raises(NotFoundError):
        async with host.unit_of_work() as uow:
            await host.identity.reset_password(uow, token=token, password=NEW)


async def test_asking_for_an_unknown_address_sends_nothing_and_says_the_same(
    visit, run_jobs, mailbox, make_user
):
    visitor, person = await visit(), await make_user()
    answers = [
        await visitor.post("/password", {"email": address})
        for address in ("nobody-at-all@example.it", person.email)
    ]
    await run_jobs()
    assert {(a.status_code, a.headers["location"]) for a in answers} == {(303, "/sign-in")}
    assert mailbox.to("nobody-at-all@example.it") == []
    assert len(mailbox.to(person.email)) == 1


async def _invite(host, caller, town, email, role=Role.CLERK):
    async with host.unit_of_work(caller) as uow:
        return await host.identity.invite(
            uow, organization_id=town.id, email=email, name="Bice", role=role
        )


async def test_an_invitation_makes_the_account_and_works_once(
    host, officer, run_jobs, mailbox, visit
):
    _, caller, town = officer
    await _invite(host, caller, town, "bice@example.it")
    await run_jobs()
    token = _link(mailbox, "bice@example.it", "invitations")
    visitor = await visit()
    assert town.name in (await visitor.get(f"/invitations/{token}")).text
    refused = await visitor.post(f"/invitations/{token}", {"name": "Bice", "password": "short"})
    assert refused.status_code == 400
    entered = await visitor.post(f"/invitations/{token}", {"name": "Bice", "password": NEW})
    assert entered.status_code == 303
    assert town.name in (await visitor.get("/account")).text
    again = await (await visit()).post(f"/invitations/{token}", {"name": "X", "password": NEW})
    assert again.status_code == 404
    found = await _caller(host, await _sign_in(host, "bice@example.it", NEW))
    assert found.may(town.id)
    assert not found.may(town.id, PEOPLE)


async def test_somebody_with_an_account_joins_with_its_password_alone(
    host, officer, make_user, run_jobs, mailbox, visit
):
    _, caller, town = officer
    known = await make_user()
    await _invite(host, caller, town, known.email)
    await run_jobs()
    token, visitor = _link(mailbox, known.email, "invitations"), await visit()
    refused = await visitor.post(f"/invitations/{token}", {"name": "Y", "password": NEW})
    assert refused.status_code in {400, 403}
    assert not (await _caller(host, await _sign_in(host, known.email))).may(town.id)
    entered = await visitor.post(f"/invitations/{token}", {"name": "Y", "password": PASSWORD})
    assert entered.status_code == 303
    assert (await _caller(host, await _sign_in(host, known.email))).may(town.id)


async def test_an_invitation_is_no_way_to_try_passwords(
    host, officer, make_user, mailbox, run_jobs
):
    """Failures are counted as those of the sign-in page are, and with them."""
    _, caller, town = officer
    known, here = await make_user(), Origin(network=f"net-{new_id().hex}", mark=new_token())
    await _invite(host, caller, town, known.email)
    await run_jobs()
    token = _link(mailbox, known.email, "invitations")

    async def accept(password):
        async with host.unit_of_work() as uow:
            return await host.identity.accept_invitation(
                uow, token=token, name="Y", password=password, origin=here
            )

    for _ in range(PLACE.free):
        assert await accept("wrong wrong wrong") is None
    assert await accept(PASSWORD) is None, "the right one waits too"
    async with host.unit_of_work() as uow:
        entered = await host.identity.sign_in(
            uow, email=known.email, password=PASSWORD, origin=here
        )
    assert entered is None, "the sign-in page knows of it"
    assert not (await _caller(host, await _sign_in(host, known.email))).may(town.id)


async def test_a_clerk_may_not_invite_and_nobody_invites_to_a_foreign_place(
    host, officer, make_user, caller_for
):
    _, caller, town = officer
    clerk = await caller_for(await make_user((town.id, Role.CLERK)))
    elsewhere = await place(host, "Caspoggio")
    for who, where in ((clerk, town), (caller, elsewhere)):
        with pytest.raises(ForbiddenError):
            await _invite(host, who, where, "x@example.it")


async def test_a_role_that_the_kind_of_organization_lacks_is_refused(host, officer):
    _, caller, town = officer
    with pytest.raises(InvalidInputError) as caught:
        await _invite(host, caller, town, "x@example.it", Role.CONSORTIUM_OFFICER)
    assert caught.value.field == "role"


async def test_the_last_leader_stays(host, officer, make_user):
    person, caller, town = officer

    async def remove(user_id):
        async with host.unit_of_work(caller) as uow:
            await host.identity.remove_role(
                uow,
                user_id=user_id,
                organization_id=town.id,
                role=Role.MUNICIPAL_OFFICER,
            )

    with pytest.raises(ConflictError):
        await remove(person.id)
    second = await make_user((town.id, Role.MUNICIPAL_OFFICER))
    await remove(person.id)
    assert (await _caller(host, await _sign_in(host, second.email))).may(town.id)
    assert not (await _caller(host, await _sign_in(host, person.email))).may(town.id)


async def test_nobody_acts_for_an_organization_without_a_role_there(host, officer, visit):
    person, caller, town = officer
    elsewhere = await place(host, "Caspoggio")
    with pytest.raises(ForbiddenError):
        async with host.unit_of_work(caller) as uow:
            await host.identity.act_for(uow, elsewhere.id)
    visitor = await visit(person)
    answer = await visitor.post("/account/acting", {"organization": str(elsewhere.id)})
    assert answer.status_code == 403
    after = await _caller(host, visitor.token)
    assert after.acting_id == town.id


async def test_a_caller_without_roles_reaches_nothing_but_itself(host, make_user, caller_for):
    person = await make_user()
    caller = await caller_for(person)
    assert caller.acting_id is None
    assert caller.scope.organizations == {person.id}
    assert caller.scope.governs == frozenset()


async def test_an_address_has_one_account(host, make_user):
    person = await make_user()
    with pytest.raises(ConflictError):
        async with host.unit_of_work(Caller.program()) as uow:
            await host.identity.create_user(
                uow, name="Z", email=f" {person.email.upper()} ", password=PASSWORD
            )


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"email": "no address"}, "email"),
        ({"name": "  "}, "name"),
        ({"password": "elevenchars"}, "password"),
    ],
)
async def test_bad_values_of_an_account_are_named(host, fields, named):
    values = {"name": "Z", "email": "z-values@example.it", "password": PASSWORD, **fields}
    with pytest.raises(InvalidInputError) as caught:
        async with host.unit_of_work(Caller.program()) as uow:
            await host.identity.create_user(uow, **values)
    assert caught.value.field == named


async def _town(host):
    return (await place(host, "Lanzada", OrganizationKind.MUNICIPALITY)).id


def _has_desk(answer):
    assert answer.status_code == 200, answer.text[-400:]
    menu = answer.text.partition('id="ar-navigation"')[2].partition("</nav>")[0]
    return 'href="/desk/shop"' in menu, 'href="/office/members"' in menu


async def test_a_merchants_people_and_account_have_the_desks_menu(host, make_user, visit):
    shop = await place(host, "Forno Bianchi", OrganizationKind.MERCHANT)
    visitor = await visit(await make_user((shop.id, Role.MERCHANT)))
    clerk = await visit(await make_user((await _town(host), Role.MUNICIPAL_OFFICER)))
    for path in (
        "/office/people",
        "/account",
        "/account/second-step",
        "/account/passkeys",
        "/account/identities",
        "/account/erase",
        "/privacy/register",
    ):
        assert _has_desk(await visitor.get(path)) == (True, False), path
        assert _has_desk(await clerk.get(path)) == (False, True), path


async def test_passwords_are_kept_as_argon2_alone(host, make_user):
    from sqlalchemy import text

    person = await make_user()
    async with host.unit_of_work() as uow:
        kept = await uow.session.scalar(
            text("select password_hash from core.sign_in where user_id = :u"), {"u": person.id}
        )
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
