"""Closing a month of a large consortium on PostgreSQL, timed in a process of its own.

Records come by ``generate_series``, and the sums of days by what the folding of usage sums, in one
statement; closing reads sums, never records. The batches' digests are made up: closing copies them.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import insert

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.cli.supervisor import free_port
from arengo_core.database import roles
from arengo_core.database.setup import migrate_all
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations.models import Organization
from arengo_core.plugins.hookspecs import hookimpl
from arengo_core.plugins.manager import load_plugins
from arengo_core.plugins.manifest import Manifest, Meter, Service
from arengo_core.plugins.registry import Registry
from arengo_core.settings import load_settings
from arengo_marketplace import register
from arengo_marketplace.activations.models import Activation, ActivationChange
from arengo_marketplace.costs.charges import Every, FixedCharge, UnitCharge
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.price_plan import PricePlan
from arengo_marketplace.members import founding
from arengo_marketplace.members.models import Membership
from arengo_marketplace.offers.models import CostRuleVersion, Offer
from arengo_marketplace.pools.models import PoolLine
from arengo_marketplace.settlements import service as settlements

MEMBERS, SERVICES = 553, 30
GROWTH = ((138, 30), (277, 30), (553, 60))
"""Other members and services, each with a record a day for a week: how closing grows."""
_DAYS, _WEEK, _IN_BATCH = 28, 7, 100_000
_MOST_SERVICES = max(services for _, services in GROWTH)
_CAPPED = {"caps": [{"per_inhabitant": "5"}], "floors": [{"amount": 100}]}
_RECORD = """
insert into marketplace.usage_record (organization_id, counted_on, id, consortium_id, meter,
    quantity, occurred_at, recorded_at, through_seat, batch_id)
select ($1::uuid[])[1 + n % $2], $5::date + (n / ($2 * $3) % $6)::int, gen_random_uuid(), $4,
    'bench.meter' || n / $2 % $3, 1 + n % 7,
    ($5::date + (n / ($2 * $3) % $6)::int)::timestamp at time zone 'Europe/Rome' + interval '9 h',
    now(), false, ($7::uuid[])[1 + n / $8]
from generate_series($9::bigint, $10::bigint) n
"""
_FOLD = """
insert into marketplace.usage_day (organization_id, consortium_id, meter, day, through_seat,
    quantity, records)
select organization_id, consortium_id, meter, counted_on, through_seat, sum(quantity), count(*)
from marketplace.usage_record where consortium_id = $1 group by 1, 2, 3, 4, 5
"""
_BATCH = """
insert into marketplace.usage_batch (id, organization_id, consortium_id, source, starts_on,
    records, digest, recorded_at)
select id, $1, $1, 'bench', $2, $4, sha256(id::text::bytea), now() from unnest($3::uuid[]) id
"""


def _meter(number: int) -> str:
    return f"bench.meter{number}"


class Metered:
    """A plugin with the services that are measured, a meter each."""

    @hookimpl
    def arengo_manifest(self) -> Manifest:
        """What it is."""
        return Manifest(key="bench", title="Bench", description="Measured.", version="1.0")

    @hookimpl
    def arengo_services(self) -> list[Service]:
        """Its services."""
        return [
            Service(
                key=f"bench{number}",
                title=f"Bench {number}",
                description="Measured.",
                serves=frozenset({OrganizationKind.MUNICIPALITY}),
                meters=(Meter(_meter(number), "Uses", "uses"),),
            )
            for number in range(_MOST_SERVICES)
        ]


def registry_with_services() -> Registry:
    """The installed plugins and what is measured."""
    return load_plugins(extra=[("bench", Metered())])


def _rule(number: int) -> dict[str, Any]:
    """By turns: inhabitants, use, equal parts, a mix for each kind, a mix with limits."""
    usage = {"key": "usage", "weight": 100, "meter": _meter(number), "otherwise": "population"}
    people = {"key": "population", "weight": 100}
    mix = [{"key": "equal", "weight": 30}, {**people, "weight": 30}, {**usage, "weight": 40}]
    return [
        {"parts": [people]},
        {"parts": [usage]},
        {"parts": [{"key": "equal", "weight": 100}]},
        {"parts": mix, "kinds": {"fixed": [people], "usage": [usage]}},
        {"parts": mix, **_CAPPED},
    ][number % 5]


def latest_month() -> Period:
    """The latest that is over: the one to close."""
    return Period.months_from((clock.today().replace(day=1) - timedelta(days=1)).replace(day=1), 1)


async def _towns(host: Host) -> list[tuple[UUID, int | None]]:
    """Municipalities of the register, the first by code, as organizations; with inhabitants."""
    chosen = sorted(register.records(), key=lambda one: one.istat_code)[:MEMBERS]
    ids = [new_id() for _ in chosen]
    async with host.unit_of_work(Caller.program(ids)) as uow:
        await uow.session.execute(
            insert(Organization),
            [
                {
                    "id": key,
                    "kind": OrganizationKind.MUNICIPALITY.value,
                    "name": one.name,
                    "slug": f"town-{one.istat_code}",
                    "istat_code": one.istat_code,
                    "email": f"{one.istat_code}@bench.example",
                }
                for key, one in zip(ids, chosen, strict=True)
            ],
        )
    return [(key, one.population) for key, one in zip(ids, chosen, strict=True)]


def _offer(consortium_id: UUID, number: int, start: Any) -> Offer:
    plan = PricePlan(
        (
            FixedCharge("Base", 1_200_000, Every.YEAR),
            UnitCharge("Use", _meter(number), Decimal("0.0035")),
        )
    )
    return Offer(
        id=new_id(),
        organization_id=consortium_id,
        service=f"bench{number}",
        prices=[{"valid_from": start.isoformat(), "plan": plan.to_json(), "note": ""}],
        valid_from=start,
    )


async def _consortium(host: Host, towns: list[tuple[UUID, int | None]], services: int) -> UUID:
    """A consortium whose towns have every service, with the month's costs entered."""
    month = latest_month()
    start = month.start
    at = datetime(start.year, start.month, 1, tzinfo=UTC) - timedelta(days=2)
    first = at.date().replace(day=1)
    async with host.unit_of_work(Caller.program()) as uow:
        name = f"Bench {len(towns)} {services}"
        consortium_id = (await founding.found(uow, name=name)).id
    reach = Caller.program([consortium_id, *(town for town, _ in towns)], [consortium_id])
    async with host.unit_of_work(reach) as uow:
        shared = {"consortium_id": consortium_id}
        await uow.session.execute(
            insert(Membership),
            [
                {
                    **shared,
                    "organization_id": town,
                    "kind": "municipality",
                    "population": people,
                    "starts_on": first,
                }
                for town, people in towns
            ],
        )
        offers = [_offer(consortium_id, number, first) for number in range(services)]
        uow.session.add_all(offers)
        await uow.session.flush()
        for number, offer in enumerate(offers):
            uow.session.add(
                CostRuleVersion(
                    organization_id=consortium_id,
                    offer_id=offer.id,
                    place=1,
                    valid_from=first,
                    rule=_rule(number),
                )
            )
            for kind, amount in (("fixed", 100_000_00), ("usage", 54_321_37)):
                line = PoolLine(
                    **shared,
                    organization_id=consortium_id,
                    offer_id=offer.id,
                    service=offer.service,
                    starts_on=start,
                    kind=kind,
                    description=kind,
                    amount=amount + number,
                    currency="EUR",
                )
                uow.session.add(line)
        made = [
            {
                **shared,
                "id": new_id(),
                "organization_id": town,
                "offer_id": offer.id,
                "service": offer.service,
                "state": "active",
            }
            for offer in offers
            for town, _ in towns
        ]
        await uow.session.flush()
        await uow.session.execute(insert(Activation), made)
        changes = [
            {
                **shared,
                "organization_id": row["organization_id"],
                "activation_id": row["id"],
                "state": "active",
                "at": at,
            }
            for row in made
        ]
        await uow.session.execute(insert(ActivationChange), changes)
    return consortium_id


async def _use(
    url: str, consortium_id: UUID, towns: list[tuple[UUID, int | None]], services: int, records: int
) -> None:
    """Records in the month, in batches, and their sums; as PostgreSQL's superuser."""
    connection = await asyncpg.connect(url)
    try:
        start = latest_month().start
        batches = [new_id() for _ in range(0, records, _IN_BATCH)]
        await connection.execute(_BATCH, consortium_id, start, batches, min(records, _IN_BATCH))
        ids = [town for town, _ in towns]
        for place in range(0, records, 10 * _IN_BATCH):
            last = min(place + 10 * _IN_BATCH, records) - 1
            await connection.execute(
                _RECORD,
                ids,
                len(ids),
                services,
                consortium_id,
                start,
                _DAYS,
                batches,
                _IN_BATCH,
                place,
                last,
            )
        await connection.execute(_FOLD, consortium_id)
        await connection.execute("analyze")
    finally:
        await connection.close()


@contextmanager
def _installed() -> Generator[str]:
    """An installation in a temporary folder, running; the superuser's address."""
    with tempfile.TemporaryDirectory(prefix="arengo-bench-") as name:
        Path(name).chmod(0o755)
        os.environ.update(
            {
                "ARENGO_DATA_DIR": name,
                "ARENGO_SECRET_KEY": "benchmark" * 6,
                "ARENGO_PORT": str(free_port()),
                "ARENGO_LOG_LEVEL": "ERROR",
            }
        )
        embedded = roles.embedded_server(load_settings())
        embedded.start()
        try:
            yield embedded.url("arengo")
        finally:
            embedded.stop()


async def _prepare(superuser: str, most: int) -> list[tuple[UUID, int, int, int]]:
    """Consortia to close: id, members, services, records."""
    settings = load_settings()
    urls = await roles.resolve(settings)
    registry = await migrate_all(urls, registry_with_services())
    host = Host.create(settings, registry, urls.app)
    made: list[tuple[UUID, int, int, int]] = []
    try:
        towns = await _towns(host)
        for members, services in (*GROWTH, (MEMBERS, SERVICES)):
            whole = (members, services) == (MEMBERS, SERVICES)
            records = most if whole else members * services * _WEEK
            consortium_id = await _consortium(host, towns[:members], services)
            await _use(superuser, consortium_id, towns[:members], services, records)
            made.append((consortium_id, members, services, records))
    finally:
        await host.close()
    return made


def _asked(module: str, consortium_id: UUID) -> dict[str, Any]:
    """What a measurement of one consortium says in its last line, in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{module}", str(consortium_id)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def closings(records_of_all: int) -> Iterator[tuple[str, float, str]]:
    """Name, seconds and notes of each closing, and of the page before the large one.

    The largest month has ``records_of_all``.
    """
    with _installed() as superuser:
        made = asyncio.run(_prepare(superuser, records_of_all))
        least = 0.0
        for consortium_id, members, services, records in made:
            if (members, services) == (MEMBERS, SERVICES):
                shown = _asked("preview_page", consortium_id)
                yield (
                    f"preview {members} x {services}, first answer",
                    shown["seconds"],
                    f"median, {shown['processor']:.1f} s of it the program's own processor,"
                    f" {shown['kilobytes']:.0f} kB",
                )
            answer = _asked("closing", consortium_id)
            each = answer["seconds"] / (members * services)
            least = least or each
            yield (
                f"closing {members} x {services}, {records:,} records",
                answer["seconds"],
                f"{answer['mebibytes']:.0f} MiB (aim 500), {1e6 * each:.0f} µs a share,"
                f" {each / least:.2f} of the smallest's, {answer['processor']:.1f} s of it the"
                f" program's own processor, total {answer['net']}",
            )


async def _close(consortium_id: UUID) -> dict[str, Any]:
    settings = load_settings()
    host = Host.create(settings, registry_with_services(), (await roles.resolve(settings)).app)
    try:
        begin, used = time.perf_counter(), time.process_time()
        async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
            closed = await settlements.close(
                uow, host, consortium_id=consortium_id, period=latest_month()
            )
        seconds = time.perf_counter() - begin
        processor = time.process_time() - used
    finally:
        await host.close()
    unit = 2**20 if sys.platform == "darwin" else 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return {"seconds": seconds, "processor": processor, "mebibytes": peak, "net": closed.net}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_close(UUID(sys.argv[1])))))
