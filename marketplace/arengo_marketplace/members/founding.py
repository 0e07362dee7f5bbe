"""Founding a consortium, and the first run of an installation that nobody can sign in to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from arengo_core.caller import Caller, Grant, OrganizationKind, Role
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ConflictError, InvalidInputError
from arengo_core.host import Host
from arengo_core.identity import repository as identity
from arengo_core.ids import new_id
from arengo_core.organizations import service as organizations
from arengo_core.organizations.models import Organization
from arengo_marketplace.members import repository
from arengo_marketplace.members import service as members
from arengo_marketplace.members.charter import DEFAULT_RULE
from arengo_marketplace.members.models import Charter


async def is_first_run(uow: UnitOfWork) -> bool:
    """Whether nobody can sign in yet."""
    return not await identity.users_exist(uow.session)


async def found(
    uow: UnitOfWork,
    *,
    name: str,
    slug: str | None = None,
    email: str = "",
    is_demo: bool = False,
    is_illustrative: bool = False,
) -> Organization:
    """Make a consortium with its charter; the calling service has checked who may."""
    consortium = await organizations.create(
        uow,
        kind=OrganizationKind.CONSORTIUM,
        name=name,
        slug=slug,
        email=email,
        is_demo=is_demo,
    )
    uow.session.add(
        Charter(
            id=new_id(),
            organization_id=consortium.id,
            default_cost_rule=DEFAULT_RULE.to_json(),
            is_illustrative=is_illustrative,
        )
    )
    await uow.session.flush()
    return consortium


async def set_up(
    uow: UnitOfWork,
    host: Host,
    *,
    name: str,
    lead_istat_code: str,
    istat_codes: Sequence[str],
    officer_name: str,
    officer_email: str,
    officer_password: str,
) -> UUID:
    """First run: consortium, its members from the register, its first officer; the user's id.

    The officer also works for the lead municipality. ConflictError once anybody can sign in.
    """
    await repository.lock_founding(uow.session)
    if not await is_first_run(uow):
        raise ConflictError("Arengo is set up already: sign in instead.")
    if not name.strip():
        raise InvalidInputError("A name is needed.", field="name")
    codes = list(dict.fromkeys([lead_istat_code, *istat_codes]))
    for code in codes:
        members.record_of(code)
    consortium = await found(uow, name=name, email=officer_email)
    officer = await host.identity.create_user(
        uow, name=officer_name, email=officer_email, password=officer_password
    )
    await host.identity.grant_role(
        uow,
        user_id=officer.id,
        organization_id=consortium.id,
        role=Role.CONSORTIUM_OFFICER,
    )
    # What follows is the officer's own doing, and the audit log says so.
    grant = Grant(consortium.id, OrganizationKind.CONSORTIUM, Role.CONSORTIUM_OFFICER)
    uow.caller = Caller(officer.id, (grant,), consortium.id, locale=uow.caller.locale)
    for code in codes:
        await members.admit_municipality(uow, host, consortium_id=consortium.id, istat_code=code)
    lead = await repository.municipality(uow.session, lead_istat_code)
    charter = await repository.charter_of(uow.session, consortium.id)
    assert lead is not None, "the lead is the first member admitted"
    assert charter is not None, "a consortium is founded with its charter"
    charter.lead_id = lead.id
    await host.identity.grant_role(
        uow, user_id=officer.id, organization_id=lead.id, role=Role.MUNICIPAL_OFFICER
    )
    return officer.id
