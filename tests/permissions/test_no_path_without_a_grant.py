"""No path without a grant: random roles, permissions, delegations and days, against a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arengo_core import clock
from arengo_core.caller import ROLES_OF, Caller, OrganizationKind, Permission, Role
from arengo_core.errors import ForbiddenError
from arengo_core.identity import repository as identity
from arengo_core.identity.models import RoleGrant
from arengo_core.ids import new_id
from arengo_core.organizations.models import Organization
from arengo_core.permissions.declared import DELEGATED
from arengo_core.permissions.models import Delegation, RolePermission

KINDS = (OrganizationKind.CONSORTIUM, OrganizationKind.MUNICIPALITY, OrganizationKind.MUNICIPALITY)
TOWN = frozenset({Role.MUNICIPAL_OFFICER})
ANY = frozenset(Role)
PERMISSIONS = (
    Permission("try.lent", "", TOWN, delegable=True),
    Permission("try.own", "", TOWN),
    Permission("try.fixed", "", ANY - {Role.CLERK}, fixed=True, delegable=True),
    Permission("try.nobody", "", frozenset(), delegable=True),
    DELEGATED,
)


@dataclass
class Case:
    """Indices of places and people; ``days`` are from today."""

    roles: set = field(default_factory=set)  # (person, place, role)
    changes: dict = field(default_factory=dict)  # (place, role, permission) → given
    loans: list = field(default_factory=list)  # (lender, delegate, permission, from, to, revoked)
    acting: int | None = None


@st.composite
def cases(draw):
    places = st.integers(0, len(KINDS) - 1)
    case = Case(acting=draw(st.sampled_from((1, 2, 1, 2, 0, None))))
    if draw(st.sampled_from((True, True, False))):  # somebody whom loans may reach
        case.roles.add((0, 0, Role.CONSORTIUM_OFFICER))
    for person, place in draw(st.sets(st.tuples(st.integers(0, 1), places), max_size=4)):
        role = draw(st.sampled_from(sorted(ROLES_OF[KINDS[place]])))
        case.roles.add((person, place, role))
    keys = st.sampled_from(range(len(PERMISSIONS)))
    for place, key in draw(st.sets(st.tuples(places, keys), max_size=5)):
        role = draw(st.sampled_from(sorted(ROLES_OF[KINDS[place]])))
        case.changes[place, role, key] = draw(st.booleans())
    for _ in range(draw(st.integers(0, 6))):
        pairs = ((1, 0), (2, 0), (1, 2), (2, 1), (0, 1))
        lender, delegate = draw(st.sampled_from(pairs))
        start, end = sorted((draw(st.integers(-2, 2)), draw(st.integers(-2, 2))))
        key = draw(st.sampled_from((0, 0, 1, 2, 3, 4)))
        is_revoked = draw(st.sampled_from((False, False, True)))
        case.loans.append((lender, delegate, key, start, end, is_revoked))
    return case


def _by_role(case, person, place, key):
    """The plain rule: what the organization said of the role, else what is usual."""
    permission = PERMISSIONS[key]
    for who, where, role in case.roles:
        if (who, where) != (person, place):
            continue
        said = None if permission.fixed else case.changes.get((place, role, key))
        if said or (said is None and role in permission.roles):
            return True
    return False


def _may(case, person, place, key):
    if _by_role(case, person, place, key):
        return True
    if case.acting != place or not PERMISSIONS[key].delegable:
        return False
    work = PERMISSIONS.index(DELEGATED)
    return any(
        lender == place
        and lent == key
        and start <= 0 <= end
        and not is_revoked
        and _by_role(case, person, delegate, work)
        for lender, delegate, lent, start, end, is_revoked in case.loans
    )


async def _write(host, case):
    people, places = [new_id(), new_id()], [new_id() for _ in KINDS]
    today = clock.today()
    async with host.unit_of_work(Caller.program(places)) as uow:
        for place, kind in zip(places, KINDS, strict=True):
            uow.session.add(Organization(id=place, kind=kind.value, name="N", slug=place.hex))
        for person, place, role in case.roles:
            uow.session.add(
                RoleGrant(user_id=people[person], organization_id=places[place], role=role.value)
            )
        for (place, role, key), is_given in case.changes.items():
            uow.session.add(
                RolePermission(
                    organization_id=places[place],
                    role=role.value,
                    permission=PERMISSIONS[key].key,
                    is_given=is_given,
                )
            )
        for lender, delegate, key, start, end, is_revoked in case.loans:
            uow.session.add(
                Delegation(
                    organization_id=places[lender],
                    delegate_id=places[delegate],
                    permission=PERMISSIONS[key].key,
                    starts_on=today + timedelta(days=start),
                    ends_on=today + timedelta(days=end),
                    revoked_at=clock.now() if is_revoked else None,
                )
            )
    return people, places


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(case=cases())
async def test_a_caller_may_what_the_model_says_and_nothing_else(host, case):
    people, places = await _write(host, case)
    acting = None if case.acting is None else places[case.acting]
    async with host.unit_of_work(read_only=True) as uow:
        for person, user_id in enumerate(people):
            grants = await identity.grants_of(uow.session, user_id, clock.now())
            caller = Caller(user_id, grants, acting)
            own = {place for who, place, _ in case.roles if who == person}
            reached = set()
            for index, place in enumerate(places):
                for key, permission in enumerate(PERMISSIONS):
                    expected = _may(case, person, index, key)
                    assert caller.may(place, permission) == expected, (case, index, permission)
                    if expected:
                        reached.add(index)
                    else:
                        with pytest.raises(ForbiddenError):
                            caller.require(place, permission)
                assert caller.may(place) == (index in own)
            in_scope = {i for i, place in enumerate(places) if place in caller.scope.organizations}
            assert reached <= in_scope <= own | {case.acting}
            governs = {i for i, place in enumerate(places) if place in caller.scope.governs}
            assert governs == {
                place
                for who, place, role in case.roles
                if who == person and role is Role.CONSORTIUM_OFFICER
            }
