"""Pages of identity: signing in and out, invitations, passwords, people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller, Role
from arengo_core.errors import ArengoError, InvalidInputError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, gettext
from arengo_core.identity import elsewhere, second_step
from arengo_core.identity.labels import INVITED_REFUSED, REFUSED, ROLE_LABELS
from arengo_core.identity.origin import Origin
from arengo_core.identity.people import people_of
from arengo_core.identity.service import SESSION_LIFE, SecondStepNeeded
from arengo_core.limits.requests import SIGN_IN
from arengo_core.organizations import repository as organizations
from arengo_core.permissions.declared import PEOPLE
from arengo_core.web.context import SESSION_COOKIE, ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from, remember, set_private_cookie
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import acting_for, face_of, page

SECOND_STEP_COOKIE = "arengo_second_step"


def safe_next(path: str) -> str:
    """A path on this site, never another one's address."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else ""


def home_of(caller: Caller) -> str:
    """Where a caller's work begins."""
    here = [grant for grant in caller.grants if grant.organization_id == caller.acting_id]
    roles = {grant.role for grant in here if grant.role is not None}
    kinds = {grant.kind for grant in here}
    if roles and "merchant" in kinds:
        return "/desk"
    return "/office" if roles else "/account"


def signed_in(
    request: ArengoRequest, host: Host, token: str, origin: Origin, path: str
) -> Redirect:
    """Go on with a new session, by a browser that is known from now on."""
    answer = redirect(request, path)
    life = int(SESSION_LIFE.total_seconds())
    set_private_cookie(host, answer, SESSION_COOKIE, token, life)
    remember(host, answer, origin)
    return answer


async def _show(
    request: ArengoRequest, host: Host, caller: Caller, template: str, form: Form, **context: Any
) -> Response[str]:
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            template,
            face="office",
            status=400 if form.errors else 200,
            form=form,
            **context,
        )


@get("/sign-in", name="sign-in")
async def sign_in_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str] | Redirect:
    """The form to sign in."""
    if caller.user_id is not None:
        return redirect(request, home_of(caller))
    target = safe_next(request.query_params.get("next", ""))
    return await _show_sign_in(request, host, caller, Form({"next": target}))


async def _show_sign_in(
    request: ArengoRequest, host: Host, caller: Caller, form: Form
) -> Response[str]:
    ways = elsewhere.ways(host)
    return await _show(request, host, caller, "identity/sign_in.html", form, ways=ways)


@post("/sign-in", name="sign-in-post", opt={"mutation": "signIn", SIGN_IN: True}, status_code=200)
async def sign_in(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Sign in with address and password."""
    form, origin = await read_form(request), origin_from(request)
    async with host.unit_of_work() as uow:
        token = await host.identity.sign_in(
            uow, email=form["email"], password=form["password"], origin=origin
        )
    if token is None:
        form.errors[""] = gettext(REFUSED)
        form.fields.pop("password", None)
        return await _show_sign_in(request, host, caller, form)
    if isinstance(token, SecondStepNeeded):
        return to_second_step(request, host, token, form["next"])
    return await after_sign_in(request, host, token, origin, form["next"])


def to_second_step(
    request: ArengoRequest, host: Host, step: SecondStepNeeded, target: str
) -> Redirect:
    """Go on to the second step's code."""
    answer = redirect(request, f"/sign-in/code?{urlencode({'next': safe_next(target)})}")
    life = int(second_step.LIFE.total_seconds())
    set_private_cookie(host, answer, SECOND_STEP_COOKIE, step.token, life)
    return answer


async def after_sign_in(
    request: ArengoRequest, host: Host, token: str, origin: Origin, target: str
) -> Redirect:
    """Go where somebody wanted to, or where their work begins."""
    async with host.unit_of_work(read_only=True) as uow:
        found = await host.identity.caller_of(uow, token, current_locale())
    home = home_of(found) if found else "/account"
    return signed_in(request, host, token, origin, safe_next(target) or home)


@post("/sign-out", name="sign-out", opt={"mutation": "signOut"}, status_code=303)
async def sign_out(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Sign out here, or everywhere."""
    form = await read_form(request)
    if caller.user_id is not None:
        async with host.unit_of_work(caller) as uow:
            await host.identity.sign_out(uow, everywhere=form.flag("everywhere"))
    answer = redirect(request, "/")
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@post("/account/acting", name="act-for", opt={"mutation": "actFor"}, status_code=303)
async def act_for(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Redirect:
    """Choose the organization to act for."""
    form = await read_form(request)
    organization_id = form.uuid("organization")
    async with host.unit_of_work(caller) as uow:
        await host.identity.act_for(uow, organization_id)
    chosen = Caller(caller.user_id, caller.grants, organization_id, caller.session_id)
    return redirect(request, home_of(chosen))


@get("/invitations/{token:str}", name="invitation")
async def invitation_page(
    request: ArengoRequest, host: FromHost, token: FromPath[str]
) -> Response[str]:
    """What an invitation offers, and the form to accept it."""
    return await _invitation(request, host, token, Form({}))


async def _invitation(request: ArengoRequest, host: Host, token: str, form: Form) -> Response[str]:
    async with host.unit_of_work() as uow:
        invitation = await host.identity.invitation_of(uow, token)
        place = await organizations.get(uow.session, invitation.organization_id)
        return await page(
            request,
            uow,
            "identity/invitation.html",
            face="office",
            status=400 if form.errors else 200,
            form=form,
            token=token,
            invitation=invitation,
            place=place,
            role=gettext(ROLE_LABELS[Role(invitation.role)]),
        )


@post(
    "/invitations/{token:str}",
    name="invitation-post",
    opt={"mutation": "acceptInvitation", SIGN_IN: True},
    status_code=303,
)
async def accept_invitation(
    request: ArengoRequest, host: FromHost, token: FromPath[str]
) -> Response[Any] | Redirect:
    """Accept an invitation: make the account, or join with the one there is."""
    form, origin = await read_form(request), origin_from(request)
    try:
        async with host.unit_of_work() as uow:
            session = await host.identity.accept_invitation(
                uow, token=token, name=form["name"], password=form["password"], origin=origin
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _invitation(request, host, token, form)
    if session is None:
        form.errors["password"] = gettext(INVITED_REFUSED)
        return await _invitation(request, host, token, form)
    if isinstance(session, SecondStepNeeded):
        return to_second_step(request, host, session, "/account")
    return signed_in(request, host, session, origin, "/account")


@get("/password/{token:str}", name="password-reset")
async def reset_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[str]:
    """The form for a new password."""
    return await _show(request, host, caller, "identity/password_reset.html", Form({}), token=token)


@post(
    "/password/{token:str}",
    name="password-reset-post",
    opt={"mutation": "resetPassword", SIGN_IN: True},
    status_code=303,
)
async def reset_password(
    request: ArengoRequest, host: FromHost, caller: FromCaller, token: FromPath[str]
) -> Response[Any] | Redirect:
    """Set the new password."""
    form = await read_form(request)
    try:
        async with host.unit_of_work() as uow:
            await host.identity.reset_password(
                uow, token=token, password=form["password"], origin=origin_from(request)
            )
    except ArengoError as error:
        form.refuse(error)
        return await _show(request, host, caller, "identity/password_reset.html", form, token=token)
    return redirect(
        request, "/sign-in", Flash("success", gettext("The new password holds. Sign in with it."))
    )


@get("/office/people", name="people")
async def people_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who works for the organization, and who is invited."""
    return await _people(request, host, caller, Form({}))


async def _people(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    place = acting_for(caller)
    caller.require(place, PEOPLE)
    async with host.unit_of_work(caller) as uow:
        people = await people_of(uow, place)
        organization = await organizations.get(uow.session, place)
        assert organization is not None
        return await page(
            request,
            uow,
            "identity/people.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            rows=[
                (person, grant, gettext(ROLE_LABELS[Role(grant.role)]))
                for grant, person in people.grants
            ],
            invitations=people.invitations,
            roles=[
                (role.value, gettext(ROLE_LABELS[role]))
                for role in host.identity.roles_of(organization)
            ],
            role_labels={role.value: gettext(label) for role, label in ROLE_LABELS.items()},
        )


@post("/office/people", name="people-invite", opt={"mutation": "invitePerson"}, status_code=303)
async def invite(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Invite somebody to the organization."""
    form = await read_form(request)
    try:
        async with host.unit_of_work(caller) as uow:
            await host.identity.invite(
                uow,
                organization_id=acting_for(caller),
                email=form["email"],
                name=form["name"],
                role=host.identity.role_named(form["role"]),
            )
    except InvalidInputError as error:
        form.refuse(error)
        return await _people(request, host, caller, form)
    return redirect(
        request, "/office/people", Flash("success", gettext("The invitation is on its way."))
    )


@post(
    "/office/people/{user_id:uuid}/remove",
    name="people-remove",
    opt={"mutation": "removeRole"},
    status_code=303,
)
async def remove(
    request: ArengoRequest, host: FromHost, caller: FromCaller, user_id: FromPath[UUID]
) -> Redirect:
    """Take a role away."""
    form = await read_form(request)
    async with host.unit_of_work(caller) as uow:
        await host.identity.remove_role(
            uow,
            user_id=user_id,
            organization_id=acting_for(caller),
            role=host.identity.role_named(form["role"]),
        )
    return redirect(request, "/office/people", Flash("success", gettext("The role is removed.")))


ROUTES: list[Any] = [
    sign_in_page,
    sign_in,
    sign_out,
    act_for,
    invitation_page,
    accept_invitation,
    reset_page,
    reset_password,
    people_page,
    invite,
    remove,
]
