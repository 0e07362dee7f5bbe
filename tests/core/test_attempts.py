"""Failed sign-ins: strangers wait longer and longer, owners come in; nothing tells who is here."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, text

from arengo_core import clock
from arengo_core.errors import InvalidInputError
from arengo_core.identity import sessions
from arengo_core.identity.attempts import ACCOUNT, DEVICE, LETTERS, PLACE
from arengo_core.identity.origin import Origin, origin_of
from arengo_core.ids import new_id, new_token
from arengo_core.testing.fixtures import PASSWORD

WRONG = "wrong wrong wrong"


def _somewhere(**values):
    return Origin(**{"network": f"net-{new_id().hex}", "mark": new_token(), **values})


async def _try(host, person, origin, password=WRONG):
    async with host.unit_of_work() as uow:
        email = person if isinstance(person, str) else person.email
        return await host.identity.sign_in(uow, email=email, password=password, origin=origin)


async def _hammer(host, person, count, origin=None):
    for _ in range(count):
        assert await _try(host, person, origin or _somewhere()) is None


@contextmanager
def _statements(host):
    found = []

    def note(_connection, _cursor, statement, *_):
        found.append(re.sub(r"\s+", " ", statement))

    event.listen(host.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(host.engine.sync_engine, "before_cursor_execute", note)


async def test_after_eight_tries_from_a_place_the_right_password_waits_longer_and_longer(
    host, make_user, move_clock
):
    person, place = await make_user(), _somewhere()
    await _hammer(host, person, PLACE.free, place)
    assert await _try(host, person, place, PASSWORD) is None, "the right password waits too"
    move_clock(clock.now() + timedelta(seconds=61))
    assert await _try(host, person, place) is None
    move_clock(clock.now() + timedelta(seconds=61))
    assert await _try(host, person, place, PASSWORD) is None, "two minutes now"
    move_clock(clock.now() + timedelta(seconds=61))
    assert await _try(host, person, place, PASSWORD)


def test_the_wait_doubles_up_to_its_longest():
    waits = [PLACE.wait(count) / timedelta(minutes=1) for count in (7, 8, 9, 10, 13, 14, 999)]
    assert waits == [0, 1, 2, 4, 32, 60, 60]


async def test_a_new_browser_elsewhere_waits_once_strangers_hammered(host, make_user):
    person = await make_user()
    await _hammer(host, person, ACCOUNT.free)
    assert await _try(host, person, _somewhere(), PASSWORD) is None


async def test_strangers_lock_the_owner_out_of_neither_their_browser_nor_their_place(
    host, make_user
):
    person, home = await make_user(), _somewhere()
    assert await _try(host, person, home, PASSWORD)
    await _hammer(host, person, ACCOUNT.free + 5)
    assert await _try(host, person, _somewhere(mark=home.mark), PASSWORD), "the browser is known"
    assert await _try(host, person, _somewhere(network=home.network), PASSWORD), "the place is"
    assert await _try(host, person, _somewhere(), PASSWORD) is None


async def test_neighbours_behind_the_same_address_do_not_lock_the_owners_browser_out(
    host, make_user
):
    person, home = await make_user(), _somewhere()
    assert await _try(host, person, home, PASSWORD)
    await _hammer(host, person, PLACE.free, _somewhere(network=home.network))
    assert await _try(host, person, _somewhere(network=home.network), PASSWORD) is None
    assert await _try(host, person, home, PASSWORD)


async def test_a_known_browser_has_its_own_limit(host, make_user):
    person, home = await make_user(), _somewhere()
    assert await _try(host, person, home, PASSWORD)
    await _hammer(host, person, DEVICE.free, home)
    assert await _try(host, person, home, PASSWORD) is None


async def test_a_mark_known_for_one_account_is_nothing_to_another(host, make_user):
    one, other, mine = await make_user(), await make_user(), _somewhere()
    assert await _try(host, one, mine, PASSWORD)
    await _hammer(host, other, ACCOUNT.free)
    assert await _try(host, other, _somewhere(mark=mine.mark), PASSWORD) is None


async def test_one_place_cannot_try_many_accounts(host, make_user, move_clock):
    place = _somewhere()
    for number in range(100):
        assert await _try(host, f"nobody-{number}@example.it", place) is None
    person = await make_user()
    assert await _try(host, person, place, PASSWORD) is None
    assert await _try(host, person, _somewhere(), PASSWORD)


async def test_failures_are_forgotten_after_a_quiet_day(host, make_user, move_clock):
    person, place = await make_user(), _somewhere()
    await _hammer(host, person, PLACE.free - 1, place)
    move_clock(clock.now() + timedelta(days=1, hours=1))
    await _hammer(host, person, PLACE.free - 1, place)
    assert await _try(host, person, place, PASSWORD)


async def test_a_new_password_by_mail_ends_the_wait(host, make_user, run_jobs, mailbox):
    person, place = await make_user(), _somewhere()
    await _hammer(host, person, PLACE.free, place)
    async with host.unit_of_work() as uow:
        await host.identity.request_password_reset(uow, person.email, place)
    await run_jobs()
    token = re.search(r"/password/([\w-]+)", mailbox.to(person.email)[-1]["text"])[1]
    async with host.unit_of_work() as uow:
        await host.identity.reset_password(
            uow, token=token, password="another good password", origin=place
        )
    assert await _try(host, person, place, "another good password")


async def test_known_and_unknown_addresses_cost_the_same_statements(host, make_user, monkeypatch):
    """And as many hashes, which take most of the time."""
    known, unknown = (await make_user()).email, "nobody-here@example.it"
    verify, hashed = PasswordHasher.verify, []
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda *given: hashed.append(given[1]) or verify(*given)
    )
    found = {}
    for email in (known, unknown):
        with _statements(host) as seen:
            await _try(host, email, _somewhere())
        assert hashed.pop().startswith("$argon2id$")
        assert hashed == []
        with _statements(host) as asked:
            async with host.unit_of_work() as uow:
                await host.identity.request_password_reset(uow, email, _somewhere())
                await host.identity.request_sign_in_link(uow, email, _somewhere())
        found[email] = [seen, asked]
    assert found[known] == found[unknown]
    assert all(found[known])


async def test_pages_answer_the_same_bytes_for_known_and_unknown_addresses(visit, make_user):
    person, visitor = await make_user(), await visit()
    nobody = f"{new_id().hex}@example.it"

    async def post(path, email):
        answer = await visitor.post(path, {"email": email, "password": WRONG})
        body = re.sub(r'name="(_csrf_token|idempotency_key)" value="[^"]*"', "", answer.text)
        said = visitor.http.cookies.get("arengo_flashes", "").split(".")[0]
        return answer.status_code, answer.headers.get("location"), said, body.replace(email, "")

    for path in ("/sign-in", "/sign-in/link", "/password"):
        assert await post(path, person.email) == await post(path, nobody)

    async def call(field, email):
        given = f'email: "{email}"' + (f', password: "{WRONG}"' if field == "signIn" else "")
        asked = f"mutation {{ {field}({given}) {{ __typename userErrors {{ code message }} }} }}"
        return (await visitor.http.post("/graphql", json={"query": asked})).text

    for field in ("signIn", "requestSignInLink", "requestPasswordReset"):
        said = await call(field, person.email)
        assert '"errors"' not in said, said
        assert said == await call(field, nobody)


async def test_letters_cannot_be_asked_for_without_end(host, make_user, run_jobs, mailbox):
    person = await make_user()
    for _ in range(LETTERS.free + 3):
        async with host.unit_of_work() as uow:
            await host.identity.request_password_reset(uow, person.email, _somewhere())
    await run_jobs()
    assert len(mailbox.to(person.email)) == LETTERS.free


@pytest.mark.parametrize(
    "password",
    ["passwordpassword", "qwertyuiop123", "123456789012", "Password12345!", "aaaaaaaaaaaaaa"],
)
async def test_passwords_that_are_guessed_first_are_refused(host, password):
    with pytest.raises(InvalidInputError) as caught:
        await host.identity.passwords.hash(password)
    assert caught.value.field == "password"


async def test_ones_own_name_and_address_are_guessed_first_too(host):
    assert await host.identity.passwords.hash("bonfadiniannalisa")
    with pytest.raises(InvalidInputError):
        await host.identity.passwords.hash(
            "bonfadiniannalisa", ("Annalisa Bonfadini", "a@example.it")
        )


async def test_clearing_keeps_what_still_counts(fresh_host, move_clock):
    host = fresh_host
    await _hammer(host, "somebody@example.it", 2)
    async with host.unit_of_work() as uow:
        await uow.session.execute(
            text(
                "insert into core.sign_in_attempts (key_digest, failures, succeeded_at)"
                " values ('\\x01', 0, now())"
            )
        )

    async def count():
        async with host.unit_of_work() as uow:
            return await uow.session.scalar(text("select count(*) from core.sign_in_attempts"))

    assert await count() > 2
    await sessions.CLEAR_AWAY.handle(host, {})
    assert await count() > 2
    move_clock(clock.now() + timedelta(days=2))
    await sessions.CLEAR_AWAY.handle(host, {})
    assert await count() == 1, "the known browser stays"
    move_clock(clock.now() + timedelta(days=200))
    await sessions.CLEAR_AWAY.handle(host, {})
    assert await count() == 0


def test_an_ipv6_network_counts_as_one():
    one, other = (origin_of(f"2001:db8:1:2::{end}", "", None).network for end in ("1", "ff"))
    assert one == other == "2001:0db8:0001:0002"
    assert origin_of("::ffff:192.0.2.7", "", None).network == "192.0.2.7"
