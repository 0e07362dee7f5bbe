"""The audit log's chain: what is changed behind our back is found and named."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import asyncpg
import msgspec
import pytest
from sqlalchemy import select

from arengo_core import clock
from arengo_core.audit.models import AuditEntry, AuditSeal
from arengo_core.audit.sealing import entry_digest, seal_all
from arengo_core.audit.verifying import Fault, Finding, verify
from arengo_core.caller import Caller
from tests.core.places import place


async def _act(host, organization_id, *actions):
    for action in actions:
        async with host.unit_of_work(Caller.program([organization_id])) as uow:
            uow.audit(organization_id, action, "Thing", figure=3)


@pytest.fixture
async def town(host, move_clock):
    """A town with seven sealed entries in three links of its chain."""
    row = await place(host)
    for actions, later in ((("a", "b"), 10), (("c", "d"), 20), (("e", "f"), 30)):
        await _act(host, row.id, *actions)
        move_clock(clock.now() + timedelta(minutes=later))
        await seal_all(host, {})
    return row.id


async def _seals(host, town):
    async with host.unit_of_work(Caller.program([town])) as uow:
        rows = await uow.session.scalars(
            select(AuditSeal).where(AuditSeal.organization_id == town).order_by(AuditSeal.number)
        )
        return rows.all()


async def _entries(host, town):
    async with host.unit_of_work(Caller.program([town])) as uow:
        rows = await uow.session.scalars(
            select(AuditEntry).where(AuditEntry.organization_id == town)
        )
        return {row.action: row.id for row in rows}


@pytest.fixture
def tamper(database):
    """Statements of the owner with the triggers off."""

    async def run(*statements):
        owner = await asyncpg.connect(database.owner)
        try:
            async with owner.transaction():
                await owner.execute("select set_config('arengo.maintenance', 'on', true)")
                for table in ("audit_entry", "audit_seal"):
                    await owner.execute(f"alter table core.{table} disable trigger user")
                for statement, *values in statements:
                    assert (await owner.execute(statement, *values)).split()[-1] != "0"
                for table in ("audit_entry", "audit_seal"):
                    await owner.execute(f"alter table core.{table} enable trigger user")
        finally:
            await owner.close()

    return run


async def test_the_chain_holds_while_nobody_touches_the_rows(host, town):
    report = await verify(host, town)
    assert (report.batches, report.entries, report.findings) == (3, 7, [])
    assert report.head == (await _seals(host, town))[-1].digest


async def test_sealing_again_with_nothing_new_adds_no_link(host, town):
    await seal_all(host, {})
    assert len(await _seals(host, town)) == 3


async def test_entries_of_a_moment_ago_wait_for_the_next_seal(host, town):
    await _act(host, town, "just now")
    await seal_all(host, {})
    assert len(await _seals(host, town)) == 3
    assert (await verify(host, town)).findings == []


@pytest.mark.parametrize(
    "change",
    [
        "details = '{\"figure\": 4}'",
        "actor_id = gen_random_uuid()",
        "action = 'z'",
        "object_type = 'Other'",
        "object_id = gen_random_uuid()",
        "at = at + interval '1 second'",
        "trace_id = 'another'",
        "acting_id = gen_random_uuid()",
        "origin = 'session'",
        "network = '198.51.100.0/24'",
        "token_id = gen_random_uuid()",
        'changes = \'{"state": ["a", "b"]}\'',
        "origin = null",
    ],
)
async def test_a_changed_entry_is_found_with_its_batch(host, town, tamper, change):
    entry = (await _entries(host, town))["c"]
    await tamper((f"update core.audit_entry set {change} where id = $1", entry))
    assert (await verify(host, town)).findings == [Finding(Fault.ENTRY_CHANGED, 2, entry)]


async def test_an_entry_taken_away_is_found(host, town, tamper):
    entry = (await _entries(host, town))["d"]
    await tamper(("delete from core.audit_entry where id = $1", entry))
    assert (await verify(host, town)).findings == [Finding(Fault.ENTRY_MISSING, 2, entry)]


async def test_an_entry_moved_to_another_organization_is_found(host, town, tamper):
    entry, other = (await _entries(host, town))["c"], await place(host, "Caspoggio")
    await tamper(
        ("update core.audit_entry set organization_id = $2 where id = $1", entry, other.id)
    )
    assert (await verify(host, town)).findings == [Finding(Fault.ENTRY_MISSING, 2, entry)]


async def test_an_entry_slipped_in_between_is_found(host, town, tamper):
    entry = (await _entries(host, town))["c"]
    slipped = "core.audit_entry (id, organization_id, at, action, object_type, details, trace_id)"
    await tamper(
        (
            f"insert into {slipped} select (left(id::text, 24) || '000000000000')::uuid,"
            " organization_id, at, 'slipped', object_type, details, trace_id"
            " from core.audit_entry where id = $1",
            entry,
        )
    )
    added = (await _entries(host, town))["slipped"]
    assert (await verify(host, town)).findings == [Finding(Fault.ENTRY_UNSEALED, None, added)]


async def test_two_entries_that_changed_places_are_found(host, town, tamper):
    found = await _entries(host, town)
    spare = "00000000-0000-7000-8000-000000000000"
    move = "update core.audit_entry set id = $2 where id = $1"
    await tamper(
        (move, found["c"], spare), (move, found["d"], found["c"]), (move, spare, found["d"])
    )
    assert (await verify(host, town)).findings == [
        Finding(Fault.ENTRY_CHANGED, 2, found["c"]),
        Finding(Fault.ENTRY_CHANGED, 2, found["d"]),
    ]


async def test_a_batch_taken_away_is_found_with_the_entries_it_held(host, town, tamper):
    second = (await _seals(host, town))[1]
    await tamper(("delete from core.audit_seal where id = $1", second.id))
    assert (await verify(host, town)).findings == [
        Finding(Fault.BATCH_MISSING, 2),
        *(Finding(Fault.ENTRY_UNSEALED, None, key) for key in second.entry_ids),
    ]


async def test_a_batch_taken_away_with_the_numbers_closed_up_is_found(host, town, tamper):
    _, second, third = await _seals(host, town)
    await tamper(
        ("delete from core.audit_entry where id = any($1)", second.entry_ids),
        ("delete from core.audit_seal where id = $1", second.id),
        ("update core.audit_seal set number = 2 where id = $1", third.id),
    )
    assert (await verify(host, town)).findings == [Finding(Fault.BATCH_CHANGED, 2)]


async def test_the_last_batch_taken_away_leaves_entries_that_nothing_seals(
    host, town, tamper, move_clock
):
    last = (await _seals(host, town))[-1]
    await tamper(("delete from core.audit_seal where id = $1", last.id))
    move_clock(clock.now() + timedelta(hours=2))
    assert (await verify(host, town)).findings == [
        Finding(Fault.ENTRY_UNSEALED, None, key) for key in last.entry_ids
    ]


async def test_batches_that_changed_places_are_found(host, town, tamper):
    _, second, third = await _seals(host, town)
    number = "update core.audit_seal set number = $2 where id = $1"
    await tamper((number, second.id, 99), (number, third.id, 2), (number, second.id, 3))
    assert [(one.fault, one.batch) for one in (await verify(host, town)).findings] == [
        (Fault.BATCH_CHANGED, 2),
        (Fault.BATCH_CHANGED, 3),
    ]


async def test_a_forger_who_mends_the_batch_too_breaks_the_chain(host, town, tamper):
    entry = (await _entries(host, town))["c"]
    await tamper(
        ("update core.audit_entry set action = 'z' where id = $1", entry),
        (
            "update core.audit_seal set entry_digests[1] = sha256('z') where number = 2"
            " and organization_id = $1",
            town,
        ),
    )
    assert (await verify(host, town)).findings == [
        Finding(Fault.BATCH_CHANGED, 2),
        Finding(Fault.ENTRY_CHANGED, 2, entry),
    ]


async def test_another_organizations_chain_stays_whole(host, town, tamper, move_clock):
    other = await place(host, "Caspoggio")
    await _act(host, other.id, "x")
    move_clock(clock.now() + timedelta(minutes=10))
    await seal_all(host, {})
    await tamper(("delete from core.audit_entry where id = $1", (await _entries(host, town))["a"]))
    assert (await verify(host, other.id)).findings == []


async def test_entries_of_earlier_versions_keep_their_digest(host, town):
    entry_id = (await _entries(host, town))["c"]
    async with host.unit_of_work(Caller.program([town])) as uow:
        entry = await uow.session.get(AuditEntry, entry_id)
    entry.origin = None
    row = [
        *(str(entry.id), str(town), entry.at.isoformat(), "None", "c", "Thing", "None"),
        {"figure": 3},
        entry.trace_id,
    ]
    assert entry_digest(entry) == sha256(msgspec.json.encode(row, order="sorted")).digest()
