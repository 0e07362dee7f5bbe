"""Limits of requests a minute: over all processes, by address, account and token."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from sqlalchemy import select, text

from arengo_core.caller import OrganizationKind, Role
from arengo_core.host import Host
from arengo_core.identity import tokens
from arengo_core.ids import new_id
from arengo_core.limits import requests
from arengo_core.limits.counter import RequestCounter
from arengo_core.limits.models import RequestCount
from arengo_core.plugins.manager import load_plugins
from arengo_core.testing.fixtures import Visitor
from arengo_core.testing.statements import counting
from arengo_core.web.app import create_app
from tests.core.places import place

MINUTE = datetime(2026, 3, 2, 9, 30, 1, tzinfo=UTC)
LIMITS = {
    "page_requests": 20,
    "api_requests": 20,
    "account_requests": 40,
    "token_requests": 10,
    "sign_in_requests": 5,
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def limited(settings, database):
    """A host with low limits, and its application."""
    own = settings.model_copy(update={**LIMITS, "trusted_proxies": ["10.0.0.1"]})
    made = Host.create(own, load_plugins(), database.app)
    yield made, create_app(made)
    await made.close()


@pytest.fixture(autouse=True)
def at_one_moment(stop_clock):
    """Else a test may begin in one minute and end in the next."""
    stop_clock(MINUTE)


@pytest.fixture
def client(limited):
    """``client(address)``: a visitor from there."""
    _, app = limited

    def make(address=None, **headers):
        transport = httpx.ASGITransport(
            app=app,
            raise_app_exceptions=False,
            client=(address or f"2001:db8:{new_id().hex[-4:]}:{new_id().hex[-4:]}::1", 1),
        )
        return Visitor(
            httpx.AsyncClient(
                transport=transport,
                base_url="http://localhost",
                headers={"Accept-Language": "en", **headers},
            )
        )

    return make


def _counter(host):
    return RequestCounter(host.sessions, host.identity.secret)


async def _passed(take, tries):
    return sum([await take() == 0 for _ in range(tries)])


async def _statuses(visitor, count, path="/privacy"):
    return [(await visitor.get(path)).status_code for _ in range(count)]


def _refused(kind):
    return REGISTRY.get_sample_value("arengo_requests_refused_total", {"limit": kind}) or 0


async def test_one_process_lets_pass_what_the_limit_says(host):
    counter, who = _counter(host), new_id().hex
    assert await _passed(lambda: counter.take("t", who, 100), 300) == 100
    assert await counter.take("t", new_id().hex, 100) == 0, "another is another"
    assert await counter.take("u", who, 100) == 0, "and so is another limit"


async def test_processes_count_together(host):
    """Up to a tenth more for each further process: each lets its first tenth pass by itself."""
    one, other, who = _counter(host), _counter(host), new_id().hex
    passed = 0
    for _ in range(300):
        passed += await one.take("t", who, 100) == 0
        passed += await other.take("t", who, 100) == 0
    assert 100 <= passed <= 110


async def test_an_exact_limit_is_exact_over_processes(host):
    counters, who = [_counter(host) for _ in range(4)], new_id().hex
    passed = 0
    for number in range(40):
        passed += await counters[number % 4].take("t", who, 7, exact=True) == 0
    assert passed == 7


async def test_whoever_comes_seldom_or_is_refused_costs_no_statement(host):
    counter, who = _counter(host), new_id().hex
    with counting(host) as statements:
        await _passed(lambda: counter.take("t", who, 100), 10)
    assert not statements
    with counting(host) as statements:
        await _passed(lambda: counter.take("t", who, 100), 90)
    assert len(statements) == 9
    assert await counter.take("t", who, 100)
    with counting(host) as statements:
        await _passed(lambda: counter.take("t", who, 100), 50)
    assert not statements


async def test_the_next_minute_begins_anew_and_the_wait_is_told(host, stop_clock):
    counter, who = _counter(host), new_id().hex
    stop_clock(MINUTE + timedelta(seconds=20))
    await _passed(lambda: counter.take("t", who, 10), 11)
    assert await counter.take("t", who, 10) == 40
    stop_clock(MINUTE + timedelta(seconds=60))
    assert await _passed(lambda: counter.take("t", who, 10), 20) == 10
    late = _counter(host)
    assert await _passed(lambda: late.take("t", who, 10), 5) == 1, "its first tenth, and no more"


async def test_nought_is_no_limit(host):
    counter, who = _counter(host), new_id().hex
    assert await _passed(lambda: counter.take("t", who, 0), 500) == 500


async def test_without_the_database_requests_pass(host, settings):
    lost = Host.create(settings, load_plugins(), "postgresql://nobody:x@127.0.0.1:1/nothing")
    assert await _passed(lambda: lost.requests.take("t", "who", 3, exact=True), 5) == 5
    await lost.close()


async def test_the_table_holds_digests_and_is_written_ahead_by_nobody(host):
    counter, who = _counter(host), f"203.0.113.{new_id().int % 250}"
    await counter.take("t", who, 5, exact=True)
    async with host.unit_of_work() as uow:
        rows = (await uow.session.execute(select(RequestCount))).scalars().all()
        kind = await uow.session.scalar(
            text(
                "select relpersistence::text from pg_class where oid='core.request_count'::regclass"
            )
        )
    assert rows
    assert all(len(row.key_digest) == 32 and who.encode() not in row.key_digest for row in rows)
    assert kind == "u"


async def test_counts_that_are_over_are_cleared_away(host, stop_clock):
    await _counter(host).take("t", new_id().hex, 5, exact=True)

    async def count():
        async with host.unit_of_work() as uow:
            return await uow.session.scalar(text("select count(*) from core.request_count"))

    await requests.CLEAR_COUNTS.handle(host, {})
    assert await count() > 0
    stop_clock(MINUTE + timedelta(hours=2))
    await requests.CLEAR_COUNTS.handle(host, {})
    assert await count() == 0


async def test_one_page_too_many_is_refused_in_words(client):
    visitor, before = client(), _refused("pages")
    assert await _statuses(visitor, 22) == [200] * 20 + [429] * 2
    answer = await visitor.get("/privacy")
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert f"wait {answer.headers['retry-after']} seconds, then try again" in answer.text
    assert "That was too many requests in a short time" in answer.text
    italian = await visitor.get("/privacy", headers={"Accept-Language": "it"})
    assert "Non è cambiato niente: aspetta" in italian.text
    told = await visitor.get("/privacy", headers={"Accept": "application/json"})
    assert told.json()["error"]["code"] == "RATE_LIMITED"
    assert _refused("pages") - before == 5


async def test_addresses_that_lead_nowhere_count_too(client):
    visitor = client()
    assert await _statuses(visitor, 21, "/no-such-page") == [404] * 20 + [429]


async def test_a_refusal_asks_the_database_nothing(limited, client):
    host, _ = limited
    visitor = client()
    await _statuses(visitor, 21)
    with counting(host) as statements:
        assert await _statuses(visitor, 3) == [429] * 3
    assert not statements


async def test_health_and_static_files_are_not_counted(client):
    visitor = client()
    await _statuses(visitor, 21)
    assert await _statuses(visitor, 30, "/health/live") == [200] * 30


async def test_neighbours_of_another_address_go_on(client):
    await _statuses(client("2001:db8:7:7::1"), 21)
    assert await _statuses(client("2001:db8:7:8::1"), 2) == [200] * 2
    assert await _statuses(client("2001:db8:7:7::2"), 1) == [429], "of IPv6 a /64 is one place"


async def test_neighbours_who_are_signed_in_go_on(limited, client, make_user):
    host, _ = limited
    address = "198.51.100.7"
    await _statuses(client(address), 21)
    visitor = client(address)
    async with host.unit_of_work() as uow:
        token = await host.identity.open_session(uow, (await make_user()).id)
    visitor.http.cookies.set("arengo_session", token)
    assert await _statuses(visitor, 30) == [200] * 30
    forged = client(address)
    forged.http.cookies.set("arengo_session", "a made-up one")
    assert await _statuses(forged, 1) == [429]


async def test_an_account_is_counted_over_its_sessions_and_addresses(limited, client, make_user):
    host, _ = limited
    person = await make_user()
    answers = []
    for _ in range(5):
        visitor = client()
        async with host.unit_of_work() as uow:
            token = await host.identity.open_session(uow, person.id)
        visitor.http.cookies.set("arengo_session", token)
        answers += await _statuses(visitor, 10)
    assert answers == [200] * 40 + [429] * 10


async def test_a_token_is_counted_by_itself_and_for_its_account(
    limited, client, make_user, caller_for
):
    host, _ = limited
    shop = (await place(host, "Forno", OrganizationKind.MERCHANT)).id
    caller = await caller_for(await make_user((shop, Role.MERCHANT)))
    made = []
    async with host.unit_of_work(caller) as uow:
        for _ in range(5):
            made.append(await tokens.create(uow, organization_ids=[shop], read_only=True, days=30))

    async def ask(token, count):
        script = client(Authorization=f"Bearer {token}")
        return [
            (await script.http.post("/graphql", json={"query": "{ me { name } }"}))
            for _ in range(count)
        ]

    answers = await ask(made[0], 11)
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    [error] = answers[-1].json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert answers[-1].headers["retry-after"]
    others = [answer.status_code for token in made[1:] for answer in await ask(token, 10)]
    assert others == [200] * 30 + [429] * 10, "the account is at its own limit"


async def test_the_api_without_a_token_is_counted_by_address(client):
    visitor = client()
    for _ in range(20):
        assert "errors" not in await visitor.graphql("{ me { name } }")
    refused = await visitor.graphql("{ me { name } }")
    assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert await _statuses(visitor, 1) == [200], "pages have a limit of their own"


async def test_tries_are_counted_over_forms_and_api(client):
    """Whatever the account: the waits after failures come on top."""
    address = "198.51.100.77"
    visitor = client(address)
    await visitor.get("/sign-in")
    nobody = {"email": "nobody@example.it", "password": "wrong wrong wrong"}
    for path in ("/sign-in", "/sign-in/link", "/password"):
        assert (await visitor.post(path, nobody)).status_code in {200, 303, 400}
    ask = 'mutation { signIn(email: "n@example.it", password: "w") { userErrors { code } } }'
    many = (
        "mutation { "
        + " ".join(
            f'a{n}: signIn(email: "n@example.it", password: "w") {{ userErrors {{ code }} }}'
            for n in range(3)
        )
        + " }"
    )
    codes = [one["userErrors"][0]["code"] for one in (await visitor.graphql(many))["data"].values()]
    assert codes == ["UNAUTHENTICATED", "UNAUTHENTICATED", "RATE_LIMITED"]
    told = (await visitor.graphql(ask))["data"]["signIn"]["userErrors"]
    assert told == [{"code": "RATE_LIMITED"}]
    refused = await visitor.post("/sign-in", nobody)
    assert refused.status_code == 429
    assert refused.headers["retry-after"]
    assert (await visitor.get("/sign-in")).status_code == 200
    assert (await client().post("/sign-in", nobody)).status_code == 400, "elsewhere one may"


async def test_a_forwarded_address_counts_from_a_trusted_proxy_alone(client):
    def through(proxy, address):
        return client(proxy, **{"X-Forwarded-For": address})

    assert await _statuses(through("10.0.0.1", "203.0.113.1"), 21) == [200] * 20 + [429]
    assert await _statuses(through("10.0.0.1", "203.0.113.2"), 2) == [200] * 2
    stranger = [await _statuses(through("10.0.0.9", f"203.0.113.{n}"), 1) for n in range(3, 24)]
    assert stranger == [[200]] * 20 + [[429]]
