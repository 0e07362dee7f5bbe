"""The ledger: it balances, is written once, and is never changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from arengo_core.caller import Caller
from arengo_core.errors import InvalidInputError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_marketplace.contract import Marketplace, Posting
from arengo_marketplace.ledger import repository, service
from arengo_marketplace.ledger.chart import BY_CODE


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


async def _raw(valley, *amounts):
    """Write past the service, as a fault of ours would."""
    transaction = new_id()
    async with valley.host.unit_of_work(valley.office) as uow:
        await repository.claim(
            uow.session,
            {
                "id": transaction,
                "organization_id": valley.id,
                "consortium_id": valley.id,
                "key": f"raw-{transaction}",
                "description": "",
                "occurred_at": datetime.now(UTC),
            },
        )
        if amounts:
            rows = [
                {
                    "organization_id": valley.id,
                    "consortium_id": valley.id,
                    "transaction_id": transaction,
                    "account": "bank",
                    "amount": amount,
                    "currency": currency,
                    "occurred_at": datetime.now(UTC),
                }
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
        "occurred_at": datetime.now(UTC),
    }


async def test_the_database_refuses_a_line_added_to_a_closed_transaction(valley):
    await _post(valley, "a", ("bank", 100), ("funding", -100))

    async def add():
        async with valley.host.unit_of_work(valley.office) as uow:
            (found,) = await repository.transactions(uow.session, valley.id)
            await repository.write_postings(uow.session, [_line(valley, found.id, 1)])

    with pytest.raises(DBAPIError, match="does not balance"):
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
    head = {
        "id": transaction,
        "organization_id": valley.id,
        "consortium_id": valley.id,
        "key": "hidden",
        "description": "",
        "occurred_at": datetime.now(UTC),
    }

    async def write():
        async with valley.host.unit_of_work(valley.office) as uow:
            async with uow.widened([member]):
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


async def test_the_programs_role_may_not_even_try(valley):
    await _post(valley, "a", ("bank", 100), ("funding", -100))
    for verb in (
        "update marketplace.ledger_posting set amount = 1",
        "delete from marketplace.ledger_posting",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with valley.host.unit_of_work(valley.everything()) as uow:
                await uow.session.execute(text(verb))


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
