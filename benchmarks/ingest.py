"""``python -m benchmarks.ingest [rows]``: taking in usage by batch, against a bare ``COPY``.

A consortium of 553 municipalities with as many meters as the installed services have. The same
rows go into the same table twice, under other ids: by ``COPY`` as a superuser, past row-level
security, keys, digests and sums; and as one NDJSON batch through the service, in one transaction,
read, judged, claimed by key, stored under row-level security, digested and added up. Then the
sums are folded, and the month's use is read as a settlement reads it.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.clock import ROME
from arengo_core.database import roles
from arengo_core.database.setup import gather_statistics, migrate_all
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.plugins.manager import load_plugins
from arengo_core.settings import load_settings
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members import founding, service
from arengo_marketplace.metering import batch_lines, repository
from arengo_marketplace.metering import service as metering
from arengo_marketplace.metering.batch import Terms, ingest
from arengo_marketplace.register.records import records

MEMBERS, ROWS = 553, 1_000_000
_COLUMNS = (
    "organization_id", "counted_on", "id", "consortium_id", "meter", "quantity", "occurred_at",
    "recorded_at", "through_seat",
)  # fmt: skip


def month() -> Period:
    """The last whole month."""
    return Period.months_from(clock.today(), 1).previous()


async def found(host: Host) -> tuple[UUID, list[UUID]]:
    """A consortium and its municipalities."""
    async with host.unit_of_work() as uow:
        consortium = await founding.found(uow, name="Montagna")
    caller = Caller.program([consortium.id], [consortium.id])
    async with host.unit_of_work(caller) as uow:
        codes = sorted(record.istat_code for record in records())[:MEMBERS]
        members = [
            await service.admit_municipality(
                uow,
                host,
                consortium_id=consortium.id,
                istat_code=code,
                starts_on=date(month().start.year - 1, 1, 1),
            )
            for code in codes
        ]
    return consortium.id, [member.organization_id for member in members]


def readings(
    members: Sequence[UUID], meters: Sequence[str], rows: int
) -> Iterator[tuple[UUID, str, str, datetime]]:
    """Readings in the course of the month: member, meter, quantity, instant."""
    first = datetime.combine(month().start, datetime.min.time(), ROME)
    step = timedelta(days=27) / rows
    for number in range(rows):
        at = first + number * step
        yield members[number % len(members)], meters[number % len(meters)], f"{number % 9 + 1}", at


async def copy(url: str, consortium_id: UUID, rows: Sequence[tuple[Any, ...]]) -> float:
    """Seconds that a bare COPY of readings takes."""
    now = clock.now()
    stored = [
        (member, at.date(), new_id(), consortium_id, meter, Decimal(quantity), at, now, False)
        for member, meter, quantity, at in rows
    ]
    connection = await asyncpg.connect(url)
    try:
        started = time.perf_counter()
        await connection.copy_records_to_table(
            "usage_record", schema_name="marketplace", columns=_COLUMNS, records=stored
        )
        return time.perf_counter() - started
    finally:
        await connection.close()


async def take_in(host: Host, terms: Terms, file: io.BytesIO) -> float:
    """Seconds that a batch takes."""
    started = time.perf_counter()
    caller = Caller.program([terms.consortium_id], [terms.consortium_id])
    async with host.unit_of_work(caller) as uow:
        await ingest(uow, host, terms, batch_lines.ndjson(file))
    return time.perf_counter() - started


def as_ndjson(rows: Sequence[tuple[UUID, str, str, datetime]]) -> io.BytesIO:
    """Readings as a file."""
    file = io.BytesIO()
    for number, (member, meter, quantity, at) in enumerate(rows):
        row = {"member": str(member), "meter": meter, "quantity": quantity}
        row |= {"occurred_at": at.isoformat(), "key": f"reading-{number}"}
        file.write(json.dumps(row).encode() + b"\n")
    file.seek(0)
    return file


async def measure(superuser: str, rows: int) -> list[tuple[str, float, str]]:
    """Prepare and measure: name, seconds and notes of each."""
    settings = load_settings()
    urls = await roles.resolve(settings)
    registry = await migrate_all(urls, load_plugins())
    host = Host.create(settings, registry, urls.app)
    meters = sorted(registry.meters())
    made: list[tuple[str, float, str]] = []
    try:
        consortium_id, members = await found(host)
        async with host.unit_of_work() as uow:
            await repository.make_months(uow.session, month().start, 2)
        given = list(readings(members, meters, rows))
        bare = await copy(superuser, consortium_id, given)
        made.append((f"COPY of {rows:,} records", bare, f"{rows / bare:,.0f}/s"))
        file = as_ndjson(given)
        del given
        used = time.process_time()
        took = await take_in(host, Terms(consortium_id, "benchmark"), file)
        used = time.process_time() - used
        note = f"{rows / took:,.0f}/s (aim 20,000), {took / bare:.2f} times the COPY (aim 4),"
        note += f" {used:.1f} s of it the program's own processor"
        made.append((f"batch of {rows:,} records", took, note))
        started, folded = time.perf_counter(), 1
        while folded:
            async with host.unit_of_work() as uow:
                folded = await metering.fold(uow)
        made.append(("folding its sums", time.perf_counter() - started, "by the job, after"))
        assert urls.owner is not None
        await gather_statistics(urls.owner)
        started = time.perf_counter()
        caller = Caller.program([consortium_id], [consortium_id])
        async with host.unit_of_work(caller, read_only=True) as uow:
            used_units = await repository.of_period(uow.session, consortium_id, month(), meters)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        note = f"{memory} MiB at most in all"
        made.append(("reading the month's use", time.perf_counter() - started, note))
        assert sum(map(len, used_units.values())) > 0
    finally:
        await host.close()
    return made


def figures(rows: int = ROWS) -> list[tuple[str, float, str]]:
    """Make an installation, measure, drop it."""
    with tempfile.TemporaryDirectory(prefix="arengo-bench-") as name:
        Path(name).chmod(0o755)
        os.environ |= {"ARENGO_DATA_DIR": name, "ARENGO_SECRET_KEY": "benchmark" * 6}
        os.environ["ARENGO_LOG_LEVEL"] = "ERROR"
        server = roles.embedded_server(load_settings())
        server.start()
        try:
            return asyncio.run(measure(server.url(roles.DATABASE), rows))
        finally:
            server.stop()


def main() -> None:
    """Measure as many rows as asked for, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=ROWS)
    rows = parser.parse_args().rows
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores", flush=True)
    for name, seconds, notes in figures(rows):
        print(f"{name:<28} {seconds:>8.2f} s  {notes}")


if __name__ == "__main__":
    sys.exit(main())
