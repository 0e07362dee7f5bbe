"""Demo step: three months of use and costs, two of them settled, one waiting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller, OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.host import Host
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.activations import repository as activations
from arengo_marketplace.budget import publishing
from arengo_marketplace.contract import Member, UsageReading
from arengo_marketplace.costs.grants import CapPeriod
from arengo_marketplace.costs.period import Period
from arengo_marketplace.costs.vat import Vat
from arengo_marketplace.demo.timeline import month_back, morning_of
from arengo_marketplace.funding import service as funding
from arengo_marketplace.funding.terms import FundingData
from arengo_marketplace.members import charter, directory, online
from arengo_marketplace.members import repository as member_rows
from arengo_marketplace.metering import repository as usage
from arengo_marketplace.metering import service as metering
from arengo_marketplace.offers import repository as offers
from arengo_marketplace.offers.models import Offer
from arengo_marketplace.pools import planned
from arengo_marketplace.pools import service as pools
from arengo_marketplace.pools.models import LineKind
from arengo_marketplace.pools.service import LineData
from arengo_marketplace.settlements import service as settlements
from arengo_marketplace.settlements.models import Settlement
from arengo_marketplace.statements import payments as statement_payments
from arengo_marketplace.statements import repository as statements

_SUPPLIERS = {
    "payments": "Incassi Alpini S.r.l. (demo)",
    "delivery": "Corriere della Valle soc. coop. (demo)",
    "storefront": "Vetrina Digitale S.r.l. (demo)",
    "communications": "Posta Chiara S.r.l. (demo)",
}
_SEASON = (Decimal("1.10"), Decimal("0.92"), Decimal("1.04"))
_MANY = 20
_PAYERS = 12
_TERMS = {
    "due_days": 30,
    "holder": "Smart Land Valmalenco (demo)",
    "iban": "IT60 X054 2811 1010 0000 0123 456",
    "bank": "Tesoreria (demo)",
    "reminders": [10, 30, 60],
}


async def load(host: Host, slug: str) -> None:
    """Report use, enter costs, settle the two oldest of the last three months."""
    async with host.unit_of_work() as uow:
        consortium = await organizations.by_slug(uow.session, slug)
        assert consortium is not None, "an earlier step made it"
        consortium_id = consortium.id
        members = await directory.members(uow, consortium_id)
    months = [month_back(count) for count in (3, 2, 1)]
    await _grants(host, consortium_id, months[0])
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        takes_online = await online.obstacle(host, uow, consortium_id) is None
        terms = _TERMS | {"online": takes_online}
        await charter.change_payment_terms(uow, host, consortium_id=consortium_id, terms=terms)
    for month, season in zip(months, _SEASON, strict=True):
        await _use(host, consortium_id, members, month, season)
    await _fold(host)
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        await _enter_start(uow, consortium_id, months[0])
    closed: list[Settlement] = []
    for month in months:
        office = Caller.program([consortium_id], [consortium_id])
        async with host.unit_of_work(office) as uow:
            await _enter_costs(uow, consortium_id, month)
        if month != months[-1]:
            async with host.unit_of_work(office) as uow:
                closed.append(
                    await settlements.close(
                        uow, host, consortium_id=consortium_id, period=month, notify=False
                    )
                )
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        await _pay(uow, closed[0])


async def _grants(host: Host, consortium_id: UUID, first: Period) -> None:
    """Two grants for the shops' portal, of which the first asks for its report; a public budget."""
    office = Caller.program([consortium_id], [consortium_id])
    async with host.unit_of_work(office, read_only=True) as uow:
        known = {row.service for row in await offers.of_consortium(uow.session, consortium_id)}
    services = frozenset({"storefront"}) & known
    region = FundingData(
        title="Bando regionale per il commercio di montagna (demo)",
        funder="Regione (demo)",
        reference="CUP D00A00000000001",
        services=services,
        rate=Decimal(40),
        cap=Money(250_000),
        window=Period.months_from(first.start, 30),
        report_due_on=clock.today() + timedelta(days=21),
    )
    union = FundingData(
        title="Fondo dell'unione montana (demo)",
        funder="Unione montana (demo)",
        services=services,
        rate=Decimal(10),
        cap=Money(30_000),
        period_cap=Money(1_500),
        per=CapPeriod.MONTH,
        co_financing=Decimal(30),
        window=Period.months_from(first.start, 12),
    )
    async with host.unit_of_work(office) as uow:
        if services:
            for data in (region, union):
                await funding.create(uow, consortium_id=consortium_id, data=data)
        await publishing.switch(uow, consortium_id=consortium_id, publishes=True)


async def _use(
    host: Host, consortium_id: UUID, members: Sequence[Member], month: Period, season: Decimal
) -> None:
    """Bring each town's use to about what it stated, beside what the demo's shops reported."""
    towns = {one.organization_id: one for one in members if one.seat_id is None}
    shops: dict[UUID, list[Member]] = {}
    for one in members:
        if one.kind is OrganizationKind.MERCHANT and one.seat_id is not None:
            shops.setdefault(one.seat_id, []).append(one)
    meters = host.registry.meters()
    async with host.unit_of_work(Caller.program([], [consortium_id]), read_only=True) as uow:
        rows = await activations.of_consortium(uow.session, consortium_id, ["active"])
        known = await usage.of_period(uow.session, consortium_id, month, list(meters))
    readings: list[UsageReading] = []
    parts = 6 if len(towns) <= _MANY else 1
    for row in rows:
        if row.organization_id not in towns or row.created_at > month.bounds[1]:
            continue
        for meter, stated in row.forecast.items():
            if meter not in meters:
                continue
            wanted = _wanted(Decimal(stated), season, len(readings))
            left = wanted - known[meter].get(row.organization_id, Decimal())
            users = [row.organization_id]
            if row.service != "communications":
                found = shops.get(row.organization_id, [])
                users = [shop.organization_id for shop in found] or users
            readings += _readings(meter, users, int(left), month, parts)
    async with host.unit_of_work() as uow:
        await metering.report(uow, host, readings)


def _wanted(stated: Decimal, season: Decimal, salt: int) -> Decimal:
    """What was stated, with the season and some ups and downs that repeat at each load."""
    return (stated * season * (90 + salt * 7 % 21) / 100).to_integral_value()


def _readings(
    meter: str, users: Sequence[UUID], units: int, month: Period, parts: int
) -> Iterable[UsageReading]:
    if units <= 0:
        return
    pieces = max(min(parts * len(users), units), 1)
    for number in range(pieces):
        quantity = units * (number + 1) // pieces - units * number // pieces
        day = month.start + timedelta(days=month.days * number // pieces)
        yield UsageReading(
            meter,
            users[number % len(users)],
            Decimal(quantity),
            morning_of(day, minutes=number % 480),
            f"demo:{month.start:%Y-%m}:{number}:{quantity}",
        )


async def _fold(host: Host) -> None:
    folded = 1
    while folded:
        async with host.unit_of_work() as uow:
            folded = await metering.fold(uow)


async def _enter_costs(uow: UnitOfWork, consortium_id: UUID, month: Period) -> None:
    """Invoices of the amounts that the price plans give."""
    await uow.widen([consortium_id], [consortium_id])
    lines: list[LineData] = []
    for offer in await offers.of_consortium(uow.session, consortium_id):
        lines += _invoiced(offer, await planned.planned(uow, offer, month), month)
    await pools.add(uow, consortium_id=consortium_id, lines=lines)


async def _enter_start(uow: UnitOfWork, consortium_id: UUID, first: Period) -> None:
    """What the lead paid for all at the start; three years of settlements take it."""
    charter = await member_rows.charter_of(uow.session, consortium_id)
    known = await offers.of_consortium(uow.session, consortium_id)
    offer = next((row for row in known if row.service == "communications"), None)
    if offer is None or charter is None:
        return
    line = LineData(
        offer.id,
        first.start,
        LineKind.ONE_OFF,
        "Avvio e formazione, tre anni (demo)",
        Money(180_000),
        vat=Vat(Decimal(22)),
        last_month=Period.months_from(first.start, 36).end - timedelta(days=1),
        paid_by=charter.lead_id,
        supplier="Servizi della Valle S.r.l. (demo)",
        document_number=f"1/{first.start.year}",
        document_date=first.start,
    )
    await pools.add(uow, consortium_id=consortium_id, lines=[line])


def _invoiced(offer: Offer, lines: Sequence[LineData], month: Period) -> list[LineData]:
    supplier = _SUPPLIERS.get(offer.service, "Servizi della Valle S.r.l. (demo)")
    number = f"{month.start.month * 10 + len(offer.service)}/{month.start.year}"
    entered: list[LineData] = []
    for line in lines:
        if line.kind.is_cost:
            line = replace(
                line,
                supplier=supplier,
                document_number=number,
                document_date=month.end - timedelta(days=1),
                evidence_name=f"fattura-{offer.service}-{month.start:%Y-%m}.pdf",
                evidence_digest=pools.digest_of(f"{offer.service} {month.start}".encode()),
            )
        entered.append(line)
    return entered


async def _pay(uow: UnitOfWork, settlement: Settlement) -> None:
    """Most members have paid the first month, one only half of it."""
    issued = await statements.of_settlement(uow.session, settlement.organization_id, settlement.id)
    for place, statement in enumerate(issued[:_PAYERS]):
        half = place == min(len(issued), _PAYERS) - 1
        amount = statement.due // 2 if half else statement.due
        if amount > 0:
            await statement_payments.record(
                uow,
                statement_id=statement.id,
                amount=Money(amount, statement.currency),
                paid_on=_payday(place),
                reference=f"CRO demo {place + 1}",
            )


def _payday(place: int) -> date:
    return clock.today() - timedelta(days=_PAYERS - place)
