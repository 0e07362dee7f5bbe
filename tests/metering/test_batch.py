"""Usage in batches: all or the rest, each line once, late ones told, corrected by negation."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, date
from decimal import Decimal

import httpx
import pytest
from sqlalchemy import func, select, text

from arengo_core.api.scalars import global_id
from arengo_core.caller import Caller
from arengo_core.errors import ConflictError, ForbiddenError, InvalidInputError
from arengo_marketplace.costs.period import Period
from arengo_marketplace.metering import batch_lines, correcting, repository, service
from arengo_marketplace.metering.batch import BatchRefusedError, Terms, ingest
from arengo_marketplace.metering.models import UsageAddition, UsageBatch, UsageDay, UsageRecord
from tests.settlements.valley import AUGUST, IN_SEPTEMBER, SEPTEMBER, STROKES, reading


def _line(member, quantity=1, on="2026-08-15", key="k1", **more):
    row = {"member": str(getattr(member, "id", member)), "meter": STROKES}
    return row | {"quantity": quantity, "occurred_at": on, "key": key} | more


@pytest.fixture
def send(valley, move_clock):
    """Send rows as NDJSON, at the beginning of September."""
    move_clock(IN_SEPTEMBER)

    async def send(*rows, source="meters", caller=None, **terms):
        file = io.BytesIO("\n".join(json.dumps(row) for row in rows).encode())
        async with valley.host.unit_of_work(caller or valley.office) as uow:
            return await ingest(
                uow, valley.host, Terms(valley.id, source, **terms), batch_lines.ndjson(file)
            )

    return send


async def _units(valley, period=AUGUST):
    async with valley.host.unit_of_work(valley.office, read_only=True) as uow:
        return (await repository.of_period(uow.session, valley.id, period, [STROKES]))[STROKES]


async def _rows(valley, model, **where):
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        statement = select(model).filter_by(consortium_id=valley.id, **where)
        return (await uow.session.execute(statement.order_by(model.id))).scalars().all()


BAD = [
    ({"meter": "bell.echoes"}, "meter"),
    ({"member": "999999"}, "member"),
    ({"quantity": 0}, "quantity"),
    ({"quantity": "NaN"}, "quantity"),
    ({"unit": "parcels"}, "unit"),
    ({"key": ""}, "key"),
    ({"on": "2026-09-03"}, "occurred_at"),
    ({"on": "2026-09-02T10:00:01+02:00"}, "occurred_at"),
    ({"on": "2026-08-15T10:00"}, "occurred_at"),
    ({"on": "0001-01-01"}, "occurred_at"),
    ({"on": "yesterday"}, "occurred_at"),
    ({"surprise": 1}, ""),
]


async def test_bad_lines_are_refused_by_number_and_the_caller_chooses_about_the_rest(valley, send):
    town = valley.towns[0]
    rows = [_line(town, 5, key="good-1", unit="strokes")]
    rows += [_line(**({"member": town, "key": f"bad-{i}"} | bad)) for i, (bad, _) in enumerate(BAD)]
    rows.append(_line(town.istat_code, "2.5", "2026-08-31T23:59:59+02:00", key="good-2"))
    with pytest.raises(BatchRefusedError) as refused:
        await send(*rows)
    found = [(fault.line, fault.column) for fault in refused.value.report.faults]
    assert found == [(i + 2, field) for i, (_, field) in enumerate(BAD)]
    assert await _units(valley) == {}
    assert await _rows(valley, UsageBatch) == []

    report = await send(*rows, atomic=False)
    assert (report.new, report.refused, report.repeated) == (2, len(BAD), 0)
    assert await _units(valley) == {town.id: Decimal("7.5")}
    again = await send(*rows, atomic=False)
    assert (again.new, again.refused, again.repeated) == (0, len(BAD), 2)
    assert await _units(valley) == {town.id: Decimal("7.5")}


async def test_a_key_is_its_sources_and_stands_for_one_reading(valley, send):
    one, other = valley.towns[:2]
    assert (await send(_line(one, 5), _line(one, 5))).repeated == 1
    assert (await send(_line(one, 5), source="another")).new == 1
    for changed in (_line(one, 6), _line(other, 5), _line(one, 5, "2026-08-16")):
        report = await send(changed, _line(one, 1, key=str(changed)), atomic=False)
        assert [(fault.line, fault.column) for fault in report.faults] == [(1, "key")]
        assert report.new == 1
    assert (await send(_line(one, 5), _line(one, 7), atomic=False)).refused == 1
    assert await valley.report([reading(one.id, 100, key="k1")]) == 1, "plugins' keys are others"
    assert await _units(valley) == {one.id: Decimal(5 + 5 + 3 + 100)}


async def test_keys_from_before_there_were_sources_stay_known(valley):
    town = valley.towns[0].id
    old = hashlib.sha256(f"{town}\n{STROKES}\nstroke-1".encode()).digest()
    async with valley.host.unit_of_work() as uow:
        await uow.session.execute(
            text("insert into marketplace.usage_key (digest) values (:digest)"), {"digest": old}
        )
    assert await valley.report([reading(town, 5, key="stroke-1")]) == 0


async def test_late_readings_say_where_they_count_or_are_refused(valley, send):
    town = valley.towns[0]
    await valley.enter(10_000)
    await valley.close()
    rows = [_line(town, i, key=f"late-{i}") for i in (1, 2)]
    rows.append(_line(town, 4, "2026-08-31T22:00:00Z", key="september in Rome"))
    report = await send(*rows)
    assert report.late == {(date(2026, 8, 1), date(2026, 9, 1)): 2}
    assert await _units(valley) == {}
    assert await _units(valley, SEPTEMBER) == {town.id: Decimal(7)}
    late = _line(town, 8, key="later")
    report = await send(late, atomic=False, refuses_late=True)
    assert [(fault.line, fault.column) for fault in report.faults] == [(1, "occurred_at")]
    assert (await send(*rows, refuses_late=True, atomic=False)).refused == 2


async def test_days_are_romes_when_the_clocks_change_and_in_months_without_a_partition(
    valley, send
):
    town, year = valley.towns[0], 2009
    rows = [
        _line(town, 1, f"{year}-02-28T23:30:00Z", key="march in Rome"),
        _line(town, 10, f"{year}-03-29T01:59:59+01:00", key="before the change"),
        _line(town, 100, f"{year}-03-29T03:00:00+02:00", key="a second later"),
        _line(town, 1000, f"{year}-03-31T22:30:00Z", key="april in Rome"),
        _line(town, 1, f"{year}-10-25T02:30:00+02:00", key="half past two"),
        _line(town, 2, f"{year}-10-25T02:30:00+01:00", key="half past two again"),
        _line(town, 4, f"{year}-10-31T23:30:00Z", key="november in Rome"),
    ]
    assert (await send(*rows)).new == len(rows)
    months = [await _units(valley, Period.month(year, month)) for month in (2, 3, 4, 10, 11)]
    assert [units.get(town.id, 0) for units in months] == [0, 111, 1000, 3, 4]
    async with valley.host.unit_of_work() as uow:
        await repository.make_months(uow.session, date(year, 1, 1), 12)
    assert await _units(valley, Period.month(year, 3)) == {town.id: Decimal(111)}


async def test_a_code_without_its_zeros_is_the_member(valley, send):
    town = valley.towns[0]
    assert town.istat_code.startswith("0")
    assert (await send(_line(town.istat_code.lstrip("0"), 3))).new == 1
    assert await _units(valley) == {town.id: Decimal(3)}


async def test_a_reading_is_taken_back_once_and_for_its_seat_too(valley, send, make_merchant):
    town = valley.towns[2]
    shop = await make_merchant(valley.id, town.id)
    await send(_line(shop, 4, key="wrong"), _line(town, 3, key="right"))
    assert await _units(valley) == {town.id: Decimal(7), shop.id: Decimal(4)}

    async def take_back(key="wrong", caller=valley.office, **more):
        async with valley.host.unit_of_work(caller) as uow:
            more = {"source": "meters"} | more
            return await correcting.take_back(uow, consortium_id=valley.id, key=key, **more)

    with pytest.raises(ForbiddenError):
        await take_back(caller=Caller(user_id=valley.officer.id))
    with pytest.raises(InvalidInputError):
        await take_back("unknown")
    with pytest.raises(InvalidInputError):
        await take_back(source="")
    assert await take_back() == date(2026, 8, 15)
    with pytest.raises(ConflictError):
        await take_back()
    assert await _units(valley) == {town.id: Decimal(3), shop.id: Decimal(0)}
    units = sorted(row.quantity for row in await _rows(valley, UsageRecord, through_seat=True))
    assert units == [-4, 4]

    await valley.report([reading(town.id, 50, key="a plugin's")])
    await valley.enter(10_000)
    await valley.close()
    plugins = {"source": "", "organization_id": town.id, "meter": STROKES}
    assert await take_back("a plugin's", **plugins) == date(2026, 9, 1)
    assert (await _units(valley))[town.id] == 53
    assert await _units(valley, SEPTEMBER) == {town.id: Decimal(-50)}


async def test_a_batch_keeps_the_digest_of_its_rows_by_month(valley, send):
    one, other = valley.towns[:2]
    rows = [_line(one, "1.50", f"2026-08-{day:02}", key=f"a{day}") for day in range(20, 31)]
    rows += [_line(other, 100, "2026-09-01T00:00:00.25+02:00", key="b")]
    report = await send(*rows)
    kept = await _rows(valley, UsageBatch)
    assert [(row.starts_on.month, row.records, row.source) for row in kept] == [
        (8, 11, "meters"), (9, 1, "meters"),
    ]  # fmt: skip
    assert {row.id for row in kept} == {row.id for row in report.batches}
    for batch in kept:
        lines = [
            f"{row.id.hex},{row.organization_id.hex},{STROKES},{row.counted_on},0,"
            f"{str(row.quantity).rstrip('0').rstrip('.')},"
            f"{row.occurred_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}+00:00\n"
            for row in await _rows(valley, UsageRecord, batch_id=batch.id)
        ]
        assert len(lines) == batch.records
        assert hashlib.sha256("".join(lines).encode()).digest() == batch.digest
    with pytest.raises(Exception, match="permission denied"):
        async with valley.host.unit_of_work(valley.everything()) as uow:
            await uow.session.execute(text("update marketplace.usage_batch set records = 1"))


async def test_sums_are_exact_before_between_and_after_folding(valley, send):
    town, other = valley.towns[:2]
    every = [_line(town, "0.1", "2026-08-15", key=f"x{i}") for i in range(10)]

    async def fold():
        async with valley.host.unit_of_work() as uow:
            while await service.fold(uow):
                pass

    await send(*every)
    await fold()
    assert await _units(valley) == {town.id: Decimal(1)}
    await send(_line(town, 2, key="y"), _line(other, 3, key="z"))
    assert await _units(valley) == {town.id: Decimal(3), other.id: Decimal(3)}
    await fold()
    await fold()
    assert await _units(valley) == {town.id: Decimal(3), other.id: Decimal(3)}
    async with valley.host.unit_of_work(valley.everything(), read_only=True) as uow:
        days = select(UsageDay.quantity, UsageDay.records).where(
            UsageDay.organization_id == town.id
        )
        assert (await uow.session.execute(days)).all() == [(Decimal(3), 11)]
        waiting = select(func.count()).where(UsageAddition.organization_id == town.id)
        assert await uow.session.scalar(waiting) == 0


CSV = (
    "\ufeffComune;Contatore;Quantità;Quando;Chiave\r\n\r\n{town};bell.strokes;1,5;2026-08-15;a\r\n"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CSV, [(3, Decimal("1.5"))]),
        (
            CSV + "{town};bell.strokes;viele;2026-08-15;b\r\n",
            [(3, Decimal("1.5")), (4, "quantity")],
        ),
    ],
)
def test_csv_in_either_language_is_read_line_by_line(content, expected):
    read = batch_lines.csv(io.BytesIO(content.encode()))
    found = [(line.number, getattr(line.reading, "quantity", None)) for line in read]
    read = batch_lines.csv(io.BytesIO(content.encode()))
    fields = [getattr(line.reading, "field", None) for line in read]
    assert [
        (number, value if value is not None else field)
        for (number, value), field in zip(found, fields, strict=True)
    ] == expected


@pytest.mark.parametrize(
    "content",
    [
        b"member;meter\n1;2\n",
        b"member;meter;quantity;occurred_at;key;mood\n",
        b"member;meter;quantity;occurred_at;key\n\xff\xfe;m;1;2026-08-15;k\n",
        b"x" * 20_000,
        b"",
    ],
)
def test_what_is_no_table_is_refused_whole(content):
    with pytest.raises(InvalidInputError) as refused:
        list(batch_lines.csv(io.BytesIO(content)))
    assert refused.value.field == "file"


async def test_a_batch_needs_the_permission_a_source_and_a_reading(valley, send):
    with pytest.raises(ForbiddenError):
        await send(_line(valley.towns[0]), caller=Caller(user_id=valley.officer.id))
    for source in ("", "x" * 101, "a\nb"):
        with pytest.raises(InvalidInputError) as refused:
            await send(_line(valley.towns[0]), source=source)
        assert refused.value.field == "source"
    with pytest.raises(InvalidInputError):
        await send()


ENTER = """
mutation ($id: ID!, $readings: [UsageEntryInput!]!, $atomic: Boolean!) {
  enterUsage(consortiumId: $id, source: "meters", readings: $readings, atomic: $atomic) {
    new repeated refused faults { line column } late { month countsIn readings }
    batches { month records digest } userErrors { code }
  }
}"""
IMPORT = """
mutation ($id: ID!, $csv: String!) {
  importUsage(consortiumId: $id, source: "meters", csv: $csv) {
    new userErrors { code field }
  }
}"""
TAKE_BACK = """
mutation ($id: ID!, $key: String!) {
  takeBackUsage(consortiumId: $id, source: "meters", key: $key) {
    countsOn userErrors { code field }
  }
}"""


async def test_all_of_it_by_graphql(valley, visit, move_clock):
    move_clock(IN_SEPTEMBER)
    office, consortium = await visit(valley.officer), global_id("Organization", valley.id)
    town = valley.towns[0]

    def entry(quantity, key, unit=""):
        return {
            "organizationId": global_id("Organization", town.id),
            "meter": STROKES,
            "quantity": quantity,
            "occurredAt": "2026-08-15T10:00:00+02:00",
            "key": key,
            "unit": unit,
        }

    async def ask(text, **variables):
        answer = await office.graphql(text, id=consortium, **variables)
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))

    readings = [entry("2", "a"), entry("3", "b", "parcels")]
    refused = await ask(ENTER, readings=readings, atomic=True)
    assert (refused["new"], refused["faults"]) == (0, [{"line": 2, "column": "unit"}])
    assert refused["userErrors"] == [{"code": "BATCH_REFUSED"}]
    partial = await ask(ENTER, readings=readings, atomic=False)
    assert (partial["new"], partial["refused"], partial["userErrors"]) == (1, 1, [])
    digest = partial["batches"][0]["digest"]
    listed = await ask(
        "query ($id: ID!) { usageBatches(consortiumId: $id) { nodes { digest source month } } }"
    )
    assert listed["nodes"] == [{"digest": digest, "source": "meters", "month": "2026-08"}]
    csv = f"member,meter,quantity,occurred_at,key\n{town.istat_code},{STROKES},4,2026-08-16,c\n"
    assert (await ask(IMPORT, csv=csv))["new"] == 1
    assert (await ask(IMPORT, csv="nonsense"))["userErrors"] == [
        {"code": "INVALID", "field": "file"}
    ]
    assert (await ask(TAKE_BACK, key="c"))["countsOn"] == "2026-08-16"
    assert (await ask(TAKE_BACK, key="c"))["userErrors"] == [{"code": "CONFLICT", "field": "key"}]
    assert await _units(valley) == {town.id: Decimal(2)}


async def test_the_office_enters_a_file_reads_its_faults_and_takes_back(valley, visit, move_clock):
    move_clock(IN_SEPTEMBER)
    office, town = await visit(valley.officer), valley.towns[0]
    path = "/office/usage/batches"
    head = "member;meter;quantity;occurred_at;key\n"
    good = f"{town.istat_code};{STROKES};2,5;2026-08-15;a\n"
    assert "Non è ancora arrivato nulla" in (await office.get(path)).text
    file = {"file": ("use.csv", (head + good + "1;2;3;4;5\n").encode(), "text/csv")}
    refused = await office.post(path, {"source": "Fonderia"}, files=file)
    assert refused.status_code == 400
    assert "1 non è un aderente di questo consorzio" in refused.text
    assert await _units(valley) == {}
    taken = await office.post(path, {"source": "Fonderia", "partial": "on"}, files=file)
    assert taken.status_code == 200
    assert "1 nuove, 0 già note, 1 respinte" in taken.text
    assert "Fonderia" in taken.text
    again = await office.post(path, {"source": "Fonderia", "text": head + good})
    assert "0 nuove, 1 già note" in again.text
    assert await _units(valley) == {town.id: Decimal("2.5")}
    missing = await office.post(path, {"source": "Fonderia"})
    assert missing.status_code == 400
    assert "file-error" in missing.text

    corrections = "/office/usage/corrections"
    unknown = await office.post(corrections, {"taken_source": "Fonderia", "key": "z"})
    assert unknown.status_code == 400
    done = await office.post(corrections, {"taken_source": "Fonderia", "key": "a"})
    assert done.headers["location"] == path
    assert await _units(valley) == {town.id: Decimal(0)}
    assert (await (await visit(valley.town_officer)).get(path)).status_code == 403


CREATE_TOKEN = """
mutation ($ids: [ID!]!, $readOnly: Boolean!) {
  createApiToken(organizationIds: $ids, readOnly: $readOnly, days: 2) { token userErrors { code } }
}"""


async def test_programs_send_batches_by_api_token(valley, visit, app, move_clock):
    move_clock(IN_SEPTEMBER)
    office, town = await visit(valley.officer), valley.towns[0]

    async def token(read_only=False):
        ids = [global_id("Organization", valley.id)]
        answer = await office.graphql(CREATE_TOKEN, ids=ids, readOnly=read_only)
        return {"authorization": f"Bearer {answer['data']['createApiToken']['token']}"}

    full = await token()
    ndjson = {"content-type": "application/x-ndjson"}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:

        async def send(content, headers, query="?source=meters"):
            return await http.post(f"/api/usage{query}", content=content, headers=headers)

        row = json.dumps(_line(town, 2, key="a")) + "\n"
        taken = await send(row * 2, full | ndjson)
        assert taken.status_code == 200, taken.text
        assert (taken.json()["new"], taken.json()["repeated"]) == (1, 1)
        assert taken.json()["batches"][0]["records"] == 1
        bad = row + "{}\n"
        refused = await send(bad, full | ndjson)
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] == "BATCH_REFUSED"
        assert [fault["line"] for fault in refused.json()["faults"]] == [2]
        partial = await send(bad, full | ndjson, "?source=meters&atomic=false")
        assert (partial.status_code, partial.json()["refused"]) == (200, 1)
        csv = f"member;meter;quantity;occurred_at;key\n{town.id};{STROKES};1;2026-08-01;csv\n"
        assert (await send(csv, full | {"content-type": "text/csv"})).json()["new"] == 1
        for headers, query, status in (
            (ndjson, "?source=meters", 401),
            (await token(read_only=True) | ndjson, "?source=meters", 403),
            (full, "?source=meters", 415),
            (full | ndjson, "", 400),
            (full | ndjson, "?source=meters&atomic=no", 400),
            (full | ndjson, "?source=meters&refuse_late=", 400),
            (full | ndjson, "?source=meters&partial=true", 400),
            (full | ndjson | {"content-length": "256000001"}, "?source=meters", 413),
        ):
            assert (await send(row, headers, query)).status_code == status, (headers, query)
        odd = await send(row, full | ndjson, "?source=meters&refuse-late=true")
        assert odd.json()["error"]["field"] == "refuse-late"
    assert await _units(valley) == {town.id: Decimal(3)}
