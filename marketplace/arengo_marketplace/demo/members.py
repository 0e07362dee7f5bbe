"""Demo step: a consortium, its municipalities and merchants, and people who sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from arengo_core.caller import Caller, OrganizationKind, Role
from arengo_core.host import Host
from arengo_core.ids import new_id
from arengo_core.organizations.models import Organization
from arengo_core.organizations.service import slugify
from arengo_marketplace import register
from arengo_marketplace.demo.catalogue import POSTAL_CODES, SHOPS
from arengo_marketplace.demo.consortia import CONSORTIA, DemoConsortium
from arengo_marketplace.demo.timeline import members_since, morning_of
from arengo_marketplace.members import charter as charters
from arengo_marketplace.members import founding
from arengo_marketplace.members.models import Membership

PASSWORD = "arengo-demo-2026"  # noqa: S105 - the demo's, printed at its start
_WITH_OFFICER = 8


async def load(host: Host, slug: str) -> None:
    """Make the consortium with its members."""
    place = CONSORTIA[slug]
    async with host.unit_of_work(Caller.program()) as uow:
        consortium = await founding.found(
            uow,
            name=place.name,
            slug=place.slug,
            email=f"office@{place.slug}.example",
            is_demo=True,
            is_illustrative=place.is_illustrative,
        )
    towns = _municipalities(place)
    shops = _merchants(towns)
    everybody = [*towns, *shops]
    ids = [row["id"] for row in everybody]
    async with host.unit_of_work(Caller.program([consortium.id, *ids])) as uow:
        await uow.session.execute(insert(Organization), everybody)
        await uow.session.execute(
            insert(Membership),
            [_membership(consortium.id, row, _seat(row, towns)) for row in everybody],
        )
        charter = await charters.charter_of(uow, consortium.id)
        charter.lead_id = towns[0]["id"]
    await _people(host, consortium.id, place, towns, shops)
    _tell(host, place, towns, shops)


def _organization(**values: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "tax_code": None,
        "vat_number": None,
        "istat_code": None,
        "street": "",
        "postcode": "",
        "phone": "",
        "theme": None,
        "locale": "it",
        "is_demo": True,
        "created_at": morning_of(members_since()),
        **values,
    }


def _municipalities(place: DemoConsortium) -> list[dict[str, Any]]:
    taken: set[str] = set()
    rows: list[dict[str, Any]] = []
    for record in place.towns():
        slug = slugify(record.name)
        if slug in taken:
            slug = f"{slug}-{record.province_code.lower()}"
        taken.add(slug)
        rows.append(
            _organization(
                kind=OrganizationKind.MUNICIPALITY.value,
                name=record.name,
                slug=slug,
                istat_code=record.istat_code,
                postcode=POSTAL_CODES.get(record.istat_code, ""),
                city=record.name,
                province=record.province_code,
                email=f"officer@{slug}.example",
            )
        )
    return rows


def _merchants(towns: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The demo's shops, in their towns or, in another valley, one in each of the first."""
    by_code = {town["istat_code"]: town for town in towns}
    rows: list[dict[str, Any]] = []
    for number, shop in enumerate(SHOPS):
        town = by_code.get(shop.istat_code, towns[number % len(towns)])
        slug = slugify(shop.name.removesuffix("(demo)"))
        rows.append(
            _organization(
                kind=OrganizationKind.MERCHANT.value,
                name=shop.name,
                slug=slug,
                vat_number=shop.vat_number,
                street=shop.street,
                postcode=town["postcode"],
                city=town["name"],
                province=town["province"],
                email=f"merchant@{slug}.example",
            )
        )
    return rows


def _seat(row: dict[str, Any], towns: Sequence[dict[str, Any]]) -> UUID | None:
    if row["kind"] == OrganizationKind.MUNICIPALITY:
        return None
    return next(town["id"] for town in towns if town["name"] == row["city"])


def _membership(consortium_id: UUID, row: dict[str, Any], seat_id: UUID | None) -> dict[str, Any]:
    code = row["istat_code"]
    population = register.by_istat(code).population if code else None
    return {
        "id": new_id(),
        "organization_id": row["id"],
        "consortium_id": consortium_id,
        "kind": row["kind"],
        "seat_id": seat_id,
        "population": population,
        "population_on": date(register.population_year(), 1, 1) if code else None,
        "starts_on": members_since(),
        "ends_on": None,
        "created_at": morning_of(members_since()),
    }


async def _people(
    host: Host,
    consortium_id: UUID,
    place: DemoConsortium,
    towns: Sequence[dict[str, Any]],
    shops: Sequence[dict[str, Any]],
) -> None:
    people = [(f"office@{place.slug}.example", place.name, consortium_id, Role.CONSORTIUM_OFFICER)]
    people += [
        (town["email"], town["name"], town["id"], Role.MUNICIPAL_OFFICER)
        for town in towns[:_WITH_OFFICER]
    ]
    people += [(shop["email"], shop["name"], shop["id"], Role.MERCHANT) for shop in shops]
    async with host.unit_of_work(Caller.program([consortium_id])) as uow:
        for email, name, organization_id, role in people:
            person = await host.identity.create_user(uow, name=name, email=email, password=PASSWORD)
            await host.identity.grant_role(
                uow, user_id=person.id, organization_id=organization_id, role=role
            )


def _tell(
    host: Host,
    place: DemoConsortium,
    towns: Sequence[dict[str, Any]],
    shops: Sequence[dict[str, Any]],
) -> None:
    lines = [
        f"  Password of everybody: {PASSWORD}",
        f"  Consortium office      office@{place.slug}.example",
        *(f"  {town['name']:<22} {town['email']}" for town in towns[:4]),
        *(f"  {shop['name']:<22} {shop['email']}" for shop in shops[:2]),
    ]
    if place.is_illustrative:
        lines.append("  The municipalities are real; that they are members is illustrative.")
    with (host.settings.data_dir / "guide.txt").open("a") as guide:
        guide.write("\n".join(lines) + "\n")
