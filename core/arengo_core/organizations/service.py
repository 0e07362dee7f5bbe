"""Rules for organizations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from uuid import UUID

from stdnum.it import codicefiscale, iva

from arengo_core.caller import OrganizationKind
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.i18n import LOCALES
from arengo_core.ids import new_id
from arengo_core.mail.address import check_email
from arengo_core.organizations import repository
from arengo_core.organizations.models import Organization
from arengo_core.permissions.declared import OWN_DATA


def slugify(text: str) -> str:
    """A short name for addresses: lower-case ASCII letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"


async def free_slug(uow: UnitOfWork, name: str) -> str:
    """A short name that nobody has."""
    base = slugify(name)
    taken = await repository.slugs_like(uow.session, base)
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def check_vat_number(value: str) -> str:
    """An Italian VAT number (partita IVA), checked by its check digit."""
    number = iva.compact(value)
    if not iva.is_valid(number):
        raise InvalidInputError(
            "{value} is not a valid VAT number: eleven digits with a check digit are expected.",
            field="vat_number",
            value=value,
        )
    return number


def check_tax_code(value: str) -> str:
    """An Italian tax code: sixteen characters of a person, eleven digits of an organization."""
    code = codicefiscale.compact(value)
    if not (codicefiscale.is_valid(code) or iva.is_valid(code)):
        raise InvalidInputError(
            "{value} is not a valid tax code: sixteen characters or eleven digits are expected.",
            field="tax_code",
            value=value,
        )
    return code


async def create(
    uow: UnitOfWork,
    *,
    kind: OrganizationKind,
    name: str,
    tax_code: str | None = None,
    vat_number: str | None = None,
    istat_code: str | None = None,
    street: str = "",
    postcode: str = "",
    city: str = "",
    province: str = "",
    email: str = "",
    phone: str = "",
    is_demo: bool = False,
    slug: str | None = None,
) -> Organization:
    """Make an organization; the caller's service has checked who may. Widens the scope to it."""
    if not name.strip():
        raise InvalidInputError("A name is needed.", field="name")
    organization = Organization(
        id=new_id(),
        kind=kind.value,
        name=name.strip(),
        slug=slug or await free_slug(uow, name),
        tax_code=check_tax_code(tax_code) if tax_code else None,
        vat_number=check_vat_number(vat_number) if vat_number else None,
        istat_code=istat_code,
        street=street,
        postcode=postcode,
        city=city,
        province=province,
        email=email,
        phone=phone,
        is_demo=is_demo,
    )
    await uow.widen([organization.id])
    uow.session.add(organization)
    await uow.session.flush()
    uow.audit(organization.id, "organization.created", "Organization", organization.id)
    return organization


async def get(uow: UnitOfWork, organization_id: UUID) -> Organization:
    """An organization. NotFoundError when there is none."""
    organization = await repository.get(uow.session, organization_id)
    if organization is None:
        raise NotFoundError("There is no such organization.")
    return organization


async def update(
    uow: UnitOfWork,
    organization_id: UUID,
    *,
    themes: Container[str],
    theme: str,
    locale: str,
    email: str,
    **address: str,
) -> Organization:
    """Change an organization's own data; its leaders may. ``theme`` empty: the usual one."""
    uow.caller.require(organization_id, OWN_DATA)
    organization = await get(uow, organization_id)
    if theme and theme not in themes:
        raise InvalidInputError("There is no theme {value}.", field="theme", value=theme)
    if locale not in LOCALES:
        raise InvalidInputError("Choose one of the list.", field="locale")
    organization.theme = theme or None
    organization.locale = locale
    organization.email = check_email(email) if email else ""
    for name in ("street", "postcode", "city", "province", "phone"):
        setattr(organization, name, address[name].strip()[:200])
    await uow.session.flush()
    uow.audit(organization_id, "organization.updated", "Organization", organization_id)
    return organization
