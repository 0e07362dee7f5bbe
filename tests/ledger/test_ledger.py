"""The ledger: it balances, is written once, and is never changed."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace, Posting
from arengo_marketplace.ledger import repository, service
from arengo_marketplace.ledger.chart import BY_CODE
from arengo_marketplace.ledger.journal import account_name

AT = datetime(2026, 8, 10, 12, tzinfo=UTC)


async def _post(valley, key, *lines, caller=None):
    async with valley.host.unit_of_work(caller or valley.office) as uow:
        return await service.post(
            uow,
            valley.id,
            key=key,
            description="Test",
            postings=[Posting(account, Money(amount), *who) for account, amount, *who in lines],
        )


async def _balance(valley, account, member=None):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return (await service.balance(uow, valley.id, account, member)).amount


async def test_a_transaction_moves_balances_by_member(valley):
    one, other = valley.towns[0].id, valley.towns[1].id
    await _post(
        valley, "a", ("gateway", 1500), ("merchant_payable", -1000, one),
        ("merchant_payable", -500, other),
    )  # fmt: skip
    assert await _balance(valley, "gateway") == 1500
    assert await _balance(valley, "merchant_payable") == -1500
    assert await _balance(valley, "merchant_payable", one) == -1000


async def test_the_same_key_again_changes_nothing(valley):
    assert await _post(valley, "a", ("bank", 100), ("funding", -100))
    assert not await _post(valley, "a", ("bank", 900), ("funding", -900))
    assert await _balance(valley, "bank") == 100


async def test_the_same_key_at_the_same_time_is_written_once(valley):
    lines = (("bank", 100), ("funding", -100))
    written = await asyncio.gather(*(_post(valley, "same", *lines) for _ in range(5)))
    assert sorted(written) == [False] * 4 + [True]
    assert await _balance(valley, "bank") == 100


async def test_keys_are_each_consortiums_own(make_valley):
    one, other = await make_valley(), await make_valley()
    assert await _post(one, "a", ("bank", 100), ("funding", -100))
    assert await _post(other, "a", ("bank", 100), ("funding", -100))


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([("bank", 100), ("funding", -99)], "postings"),
        ([("bank", 100)], "postings"),
        ([("pocket", 100), ("funding", -100)], "account"),
    ],
)
async def test_what_does_not_fit_is_refused(valley, lines, field):
    with pytest.raises(InvalidInputError) as refused:
        await _post(valley, "a", *lines)
    assert refused.value.field == field
    assert await _balance(valley, "bank") == 0


async def test_currencies_do_not_mix(valley):
    with pytest.raises(InvalidInputError):
        async with valley.host.unit_of_work(valley.office) as uow:
            await service.post(
                uow,
                valley.id,
                key="a",
                description="",
                postings=[Posting("bank", Money(5)), Posting("funding", Money(-5, "CHF"))],
            )


def _head(valley, transaction, lines=2):
    return {
        "id": transaction,
        "organization_id": valley.id,
        "consortium_id": valley.id,
        "key": f"raw-{transaction}",
        "description": "",
        "occurred_at": AT,
        "lines": lines,
    }


async def _raw(valley, *amounts):
    """Write past the service, as a fault of ours would."""
    transaction = new_id()
    async with valley.host.unit_of_work(valley.office) as uow:
        await repository.ensure_chart(uow.session, valley.id)
        await repository.claim(uow.session, _head(valley, transaction))
        if amounts:
            rows = [
                {**_line(valley, transaction, amount), "currency": currency}
                for amount, currency in amounts
            ]
            await repository.write_postings(uow.session, rows)


@pytest.mark.parametrize(
    "amounts",
    [
        [],
        [(100, "EUR")],
        [(100, "EUR"), (-99, "EUR")],
        [(100, "EUR"), (-100, "CHF")],
    ],
)
async def test_the_database_refuses_what_does_not_balance(valley, amounts):
    with pytest.raises(DBAPIError, match=r"does not balance|two or more are needed"):
        await _raw(valley, *amounts)
    assert await _balance(valley, "bank") == 0


def _line(valley, transaction, amount, tenant=None):
    return {
        "organization_id": tenant or valley.id,
        "consortium_id": valley.id,
        "transaction_id": transaction,
        "account": "bank",
        "amount": amount,
        "currency": "EUR",
        "occurred_at": AT,
    }


async def test_the_database_refuses_a_line_added_to_a_closed_transaction(valley):
    await _post(valley, "a", ("bank", 100), ("funding", -100))

    async def add():
        async with valley.host.unit_of_work(valley.office) as uow:
            (found,) = await repository.transactions(uow.session, valley.id)
            await repository.write_postings(uow.session, [_line(valley, found.id, 1)])

    with pytest.raises(DBAPIError, match="has 3 postings and says 2: it is written once"):
        await add()
    assert await _balance(valley, "bank") == 100


async def test_the_balance_is_checked_whatever_the_scope_at_commit(valley):
    """Lines that row-level security hides from the caller count all the same."""
    member = valley.towns[0].id
    transaction = new_id()
    lines = [
        _line(valley, transaction, 100),
        _line(valley, transaction, -100),
        _line(valley, transaction, 7, member),
    ]
    head = _head(valley, transaction, 3)

    async def write():
        async with valley.host.unit_of_work(valley.office) as uow:
            async with uow.widened([member]):
                await repository.ensure_chart(uow.session, valley.id)
                await repository.claim(uow.session, head)
                await repository.write_postings(uow.session, lines)
            await uow.session.execute(text("select set_config('arengo.governs', '', true)"))

    with pytest.raises(DBAPIError, match="does not balance"):
        await write()


async def test_nothing_is_updated_or_deleted_even_by_the_owner(valley, database):
    await _post(valley, "a", ("bank", 100), ("funding", -100))
    owner = await asyncpg.connect(database.owner)
    try:
        await owner.execute("select set_config('arengo.maintenance', 'on', false)")
        assert await owner.fetchval("select count(*) from marketplace.ledger_posting") >= 2
        for table in ("ledger_posting", "ledger_transaction", "ledger_account"):
            for verb in (
                f"update marketplace.{table} set organization_id = organization_id",
                f"delete from marketplace.{table}",
                f"truncate marketplace.{table}",
            ):
                with pytest.raises(asyncpg.PostgresError, match="append-only"):
                    await owner.execute(verb)
    finally:
        await owner.close()
    assert await _balance(valley, "bank") == 100


HEAD = (
    "insert into marketplace.ledger_transaction (id, organization_id, consortium_id, key,"
    " description, occurred_at, recorded_at, lines)"
    " values ('{new}', '{id}', '{id}', {key}, '', '{at}', now(), {lines});"
)
LINE = (
    "insert into marketplace.ledger_posting (id, organization_id, consortium_id, transaction_id,"
    " account, amount, currency, occurred_at)"
    " values (gen_random_uuid(), '{id}', '{owner}', '{of}', '{account}', {amount}, '{currency}',"
    " '{at}');"
)


def _sql_head(lines=2, key="gen_random_uuid()"):
    return ("head", {"lines": lines, "key": key})


def _sql_line(amount, **changes):
    return ("line", {"amount": amount, **changes})


_NOW = ("set constraints all immediate;", {})


CHEATS = {
    "raise an amount": ("update marketplace.ledger_posting set amount = amount * 2", "permission"),
    "move a date": ("update marketplace.ledger_transaction set occurred_at = now()", "permission"),
    "delete a line": ("delete from marketplace.ledger_posting", "permission"),
    "empty the ledger": ("truncate marketplace.ledger_posting", "permission"),
    "take an account away": ("delete from marketplace.ledger_account", "permission"),
    "switch the check off": (
        "alter table marketplace.ledger_posting disable trigger all", "must be owner",
    ),
    "play the replica": ("set session_replication_role = 'replica'", "permission"),
    "become the owner": ("set role arengo_owner", "permission"),
    "say it is maintenance": (
        "set arengo.maintenance = 'on'; update marketplace.ledger_posting set amount = 1",
        "permission",
    ),
    "write money from nothing": ([_sql_head(), _sql_line(5), _sql_line(-4)], "does not balance"),
    "write one side": ([_sql_head(), _sql_line(5)], "two or more"),
    "write nothing at all": ([_sql_head()], "two or more"),
    "write lines of nothing": ([_sql_head(), _sql_line(0), _sql_line(0)], "ck_ledger_posting"),
    "balance francs by euros": (
        [_sql_head(), _sql_line(5), _sql_line(-5, currency="CHF")], "does not balance",
    ),
    "add two lines to an old one": (
        [_sql_line(5, of="OLD"), _sql_line(-5, of="OLD")], "written once",
    ),
    "leave room for lines": ([_sql_head(4), _sql_line(5), _sql_line(-5)], "written once"),
    "add lines after the check": (
        [_sql_head(), _sql_line(5), _sql_line(-5), _NOW, _sql_line(7), _sql_line(-7)],
        "written once",
    ),
    "write lines first": ([_sql_line(5), _sql_line(-5), _sql_head()], "never written"),
    "put off the check for good": (
        "set constraints all immediate; drop trigger has_room on marketplace.ledger_posting",
        "must be owner",
    ),
    "use a key twice": ([_sql_head(key="'a'"), _sql_line(5), _sql_line(-5)], "duplicate key"),
    "post without a transaction": (
        [_sql_line(5, of="NONE"), _sql_line(-5, of="NONE")], "never written",
    ),
    "use an account of one's own": (
        [_sql_head(), _sql_line(5, account="pocket"), _sql_line(-5)], "another consortium",
    ),
    "date one side earlier": (
        [_sql_head(), _sql_line(5, at="2026-01-01"), _sql_line(-5)], "another consortium",
    ),
    "hide lines with another consortium": (
        [_sql_head(), _sql_line(5, owner="NONE"), _sql_line(-5, owner="NONE")],
        "another consortium",
    ),
}  # fmt: skip


async def test_the_ledger_cannot_be_cheated_by_sql_as_the_programs_role(valley, database):
    await _post(valley, "a", ("bank", 100), ("funding", -100))
    async with valley.host.unit_of_work(valley.office) as uow:
        (old,) = await repository.transactions(uow.session, valley.id)
    places = {"OLD": str(old.id), "NONE": str(new_id())}

    def sql(steps):
        if isinstance(steps, str):
            return steps
        new, parts = str(new_id()), []
        for kind, values in steps:
            if kind == "head":
                parts.append(HEAD.format(new=new, id=valley.id, at=AT, **values))
            elif kind != "line":
                parts.append(kind)
            else:
                line = {"account": "bank", "currency": "EUR", "at": AT, "of": new} | values
                line = {"owner": str(valley.id)} | line
                line = {name: places.get(value, value) for name, value in line.items()}
                parts.append(LINE.format(id=valley.id, **line))
        return "".join(parts)

    program = await asyncpg.connect(database.app)
    stood = []
    try:
        for name, (steps, refusal) in CHEATS.items():
            await program.execute("begin")
            await program.execute(
                "select set_config('arengo.organizations', $1, true),"
                " set_config('arengo.governs', $1, true)",
                str(valley.id),
            )
            try:
                await program.execute(sql(steps))
                await program.execute("commit")
            except asyncpg.PostgresError as error:
                if refusal not in str(error):
                    stood.append(f"{name}: {error}")
                await program.execute("rollback")
            else:
                stood.append(f"{name}: it passed")
    finally:
        await program.close()
    assert stood == []
    assert await _balance(valley, "bank") == 100


async def test_a_member_reads_its_own_lines_only(valley):
    one, other = valley.towns[0].id, valley.towns[1].id
    await _post(
        valley, "a", ("bank", 30), ("member_receivable", -10, one),
        ("member_receivable", -20, other),
    )  # fmt: skip
    async with valley.host.unit_of_work(Caller.program([one]), read_only=True) as uow:
        amounts = await uow.session.execute(text("select amount from marketplace.ledger_posting"))
        assert amounts.scalars().all() == [-10]


async def test_plugins_post_in_their_own_transaction(valley, make_merchant):
    shop = await make_merchant(valley.id, valley.towns[0].id)
    async with valley.host.unit_of_work(Caller.program([shop.id])) as uow:
        market = valley.host.continuing(uow, Marketplace)
        await market.post(
            valley.id,
            key="order:1",
            description="Order",
            postings=[
                Posting("gateway", Money(900)),
                Posting("merchant_payable", Money(-900), shop.id),
            ],
        )
        assert await market.balance(valley.id, "merchant_payable", shop.id) == Money(-900)
        assert uow.scope.governs == frozenset()

    async def fail():
        async with valley.host.unit_of_work(Caller.program([shop.id])) as uow:
            await valley.host.continuing(uow, Marketplace).post(
                valley.id,
                key="order:2",
                description="Order",
                postings=[Posting("gateway", Money(1)), Posting("bank", Money(-1))],
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await _balance(valley, "gateway") == 900


transactions = st.lists(
    st.tuples(
        st.sampled_from(sorted(BY_CODE)),
        st.sampled_from(sorted(BY_CODE)),
        st.integers(-(10**6), 10**6),
    ),
    max_size=6,
)


async def test_the_trial_balance_is_nothing_after_any_transactions(valley):
    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(transactions)
    def holds(entries):
        asyncio.run_coroutine_threadsafe(check(entries), loop).result()

    async def check(entries):
        for debit, credit, amount in entries:
            await _post(valley, new_id().hex, (debit, amount), (credit, -amount))
            async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
                totals = await service.trial_balance(uow, valley.id)
            assert sum(total.balance for total in totals) == 0
            assert sum(total.debits for total in totals) == sum(t.credits for t in totals)

    loop = asyncio.get_running_loop()
    await asyncio.to_thread(holds)


async def _at(valley, key, day, *lines):
    async with valley.host.unit_of_work(valley.office) as uow:
        await service.post(
            uow,
            valley.id,
            key=key,
            description=f"Spesa; del {day:%d/%m}  (con note)",
            postings=[Posting(account, Money(amount), *who) for account, amount, *who in lines],
            occurred_at=day,
        )


@pytest.fixture
async def year(valley):
    """A ledger with a transaction just before and just after midnight in Rome."""
    one, other = valley.towns[0].id, valley.towns[1].id
    await _at(
        valley, "settled (1)", datetime(2026, 9, 30, 21, 59, tzinfo=UTC),
        ("member_receivable", 1000, one), ("member_receivable", 234, other),
        ("costs_payable", -1234),
    )  # fmt: skip
    await _at(
        valley, "paid", datetime(2026, 9, 30, 22, tzinfo=UTC),
        ("bank", 1000), ("member_receivable", -1000, one),
    )  # fmt: skip
    return one


async def test_balances_at_a_date_and_a_statement_of_account(valley, year, visit):
    office = await visit(valley.officer)
    asked = {"id": global_id("Organization", valley.id), "one": global_id("Organization", year)}
    answer = await office.graphql(
        """query ($id: ID!, $one: ID!) {
          then: ledger(consortiumId: $id, on: "2026-09-30") { code balance { amount } }
          now: ledger(consortiumId: $id) { code balance { amount } }
          mine: ledgerStatement(consortiumId: $id, account: "member_receivable",
            organizationId: $one, fromDay: "2026-10-01", untilDay: "2026-10-31") {
            opening { amount } debits { amount } credits { amount } closing { amount } }
          lines: ledgerPostings(consortiumId: $id, account: "member_receivable",
            fromDay: "2026-10-01") { nodes { amount { amount } } }
        }""",
        **asked,
    )
    data = answer["data"]
    then, now = (
        {one["code"]: one["balance"]["amount"] for one in data[name]} for name in ("then", "now")
    )
    assert (then["bank"], then["member_receivable"]) == (0, 1234)
    assert (now["bank"], now["member_receivable"], now["costs_payable"]) == (1000, 234, -1234)
    assert sum(then.values()) == sum(now.values()) == 0
    figures = {name: part["amount"] for name, part in data["mine"].items()}
    assert figures == {"opening": 1000, "debits": 0, "credits": 1000, "closing": 0}
    assert [node["amount"]["amount"] for node in data["lines"]["nodes"]] == [-1000]

    then = (await office.get("/office/ledger?on=2026-09-30")).text
    assert '<data value="1000">' not in then.partition("/office/ledger/journal")[0]
    account = f"/office/ledger/accounts/member_receivable?member={year}&from=2026-10-01"
    shown = (await office.get(f"{account}&until=2026-10-31")).text
    assert "10,00" in shown
    assert f"member={year}&amp;from=2026-10-01&amp;until=2026-10-31" in shown
    assert (await office.get(f"{account}&until=2026-09-30")).status_code == 400
    assert (await office.get("/office/ledger?on=someday")).status_code == 400
    csv = (await office.get("/office/ledger/journal/csv")).text
    assert csv.count("settled (1)") == 3
    assert csv.count("paid") == 2


PROGRAMS = [name for name in ("hledger", "ledger") if shutil.which(name)]


async def test_hledger_and_ledger_read_the_journal_and_balance_it(valley, year, visit, tmp_path):
    if not PROGRAMS:
        said = "There is neither hledger nor ledger: install your system's package."
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    office = await visit(valley.officer)
    text = (await office.get("/office/ledger/journal")).text
    answer = await office.graphql(
        "query ($id: ID!) { ledgerJournal(consortiumId: $id) }",
        id=global_id("Organization", valley.id),
    )
    assert answer["data"]["ledgerJournal"] == text
    assert "2026-09-30 * (settled [1])" in text
    assert "2026-10-01 * (paid)" in text
    file = tmp_path / "ledger.journal"
    file.write_text(text)
    wrong = tmp_path / "wrong.journal"
    wrong.write_text(text.replace("10.00 EUR", "10.01 EUR", 1))
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        totals = await service.trial_balance(uow, valley.id)

    def run(program, file, *arguments):
        command = [program, "-f", str(file), *arguments]
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(tmp_path)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        return done.stdout

    for program in PROGRAMS:
        whole = run(program, file, "balance", "--flat")
        assert whole.splitlines()[-1].strip() == "0"
        assert valley.towns[1].name in whole
        for total in totals:
            shown = run(program, file, "balance", account_name(total.account.code))
            expected = f"{Decimal(total.balance) / 100:.2f} EUR" if total.balance else "0"
            lines = shown.splitlines() or ["0"]
            assert lines[-1].strip().startswith(expected), (program, total)
        with pytest.raises(subprocess.CalledProcessError):
            run(program, wrong, "balance")
