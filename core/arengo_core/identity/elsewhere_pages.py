"""Pages of signing in elsewhere: there, back, and which identities are linked to one's account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.errors import ArengoError, ConflictError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, error_text, gettext
from arengo_core.identity import elsewhere
from arengo_core.identity.contract import Identified, Journey
from arengo_core.identity.pages import after_sign_in, safe_next, to_second_step
from arengo_core.identity.sealed import seal, unseal
from arengo_core.identity.service import SecondStepNeeded
from arengo_core.ids import new_token
from arengo_core.limits.requests import SIGN_IN
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.devices import origin_from, set_private_cookie
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import Form, read_form
from arengo_core.web.pages import face_of, page

JOURNEY_COOKIE = "arengo_journey"
IDENTIFIED_COOKIE = "arengo_identified"
HOME = "/account/identities"
_IDENTIFIED_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Trip:
    """What a browser on its way carries."""

    journey: Journey
    kept: Mapping[str, str]
    target: str
    is_to_link: bool


def _way(host: Host, key: str) -> elsewhere.Way:
    elsewhere.provider(host, key)
    return next(way for way in elsewhere.ways(host) if way.key == key)


def _failed(request: ArengoRequest, error: ArengoError, is_to_link: bool) -> Redirect:
    path = HOME if is_to_link else "/sign-in"
    answer = redirect(request, path, Flash("danger", error_text(error)))
    answer.delete_cookie(JOURNEY_COOKIE)
    return answer


@get("/sign-in/with/{key:str}", name="sign-in-elsewhere", opt={SIGN_IN: True})
async def depart(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Redirect:
    """Go to the provider."""
    way = _way(host, key)
    asked = request.query_params
    journey = Journey(new_token(), host.url(f"/sign-in/with/{way.key}/return"), current_locale())
    is_to_link = asked.get("link") == "1" and caller.user_id is not None
    try:
        departure = await elsewhere.begin(host, way.key, journey)
    except ArengoError as error:
        return _failed(request, error, is_to_link)
    answer = Redirect(departure.url, status_code=303)
    sealed = seal(
        host.cipher,
        f"journey:{way.key}",
        elsewhere.JOURNEY_LIFE,
        {
            "state": journey.state,
            "kept": msgspec.json.encode(departure.kept).decode(),
            "next": safe_next(asked.get("next", "")),
            "link": "1" if is_to_link else "",
        },
    )
    life = int(elsewhere.JOURNEY_LIFE.total_seconds())
    set_private_cookie(host, answer, JOURNEY_COOKIE, sealed, life)
    return answer


def _trip(request: ArengoRequest, host: Host, key: str) -> _Trip | None:
    values = unseal(host.cipher, f"journey:{key}", request.cookies.get(JOURNEY_COOKIE))
    if values is None:
        return None
    journey = Journey(values["state"], host.url(f"/sign-in/with/{key}/return"), current_locale())
    kept = msgspec.json.decode(values["kept"], type=dict[str, str])
    return _Trip(journey, kept, values["next"], bool(values["link"]))


@get("/sign-in/with/{key:str}/return", name="sign-in-elsewhere-return", opt={SIGN_IN: True})
async def come_back(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Redirect:
    """Come back from the provider, with its answer in the address."""
    _way(host, key)
    return await _arrive(request, host, caller, key, dict(request.query_params))


@post(
    "/sign-in/with/{key:str}/return",
    name="sign-in-elsewhere-posted",
    opt={"exclude_from_csrf": True, SIGN_IN: True},
    status_code=200,
)
async def come_back_posted(
    request: ArengoRequest, host: FromHost, caller: FromCaller, key: FromPath[str]
) -> Response[Any] | Redirect:
    """Come back with the answer in a form, as SAML does.

    A form of another site brings no cookies along: the same from our own page does, after a click.
    What keeps foreign forms out is the state in the cookie.
    """
    way = _way(host, key)
    form = await read_form(request)
    if JOURNEY_COOKIE in request.cookies or form.flag("arengo_again"):
        return await _arrive(request, host, caller, key, dict(form.fields))
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request, uow, "identity/come_back.html", face="office", way=way, answer=form.fields
        )


async def _arrive(
    request: ArengoRequest, host: Host, caller: Caller, key: str, answer: dict[str, str]
) -> Redirect:
    trip = _trip(request, host, key)
    if trip is None:
        lost = gettext("This sign-in took too long, or began in another browser: begin again.")
        return redirect(request, "/sign-in", Flash("danger", lost))
    try:
        found = await elsewhere.finish(host, key, trip.journey, trip.kept, answer)
        async with host.unit_of_work(caller) as uow:
            await elsewhere.use_up(uow, trip.journey)
            owner = await elsewhere.user_of(uow, host.identity, found)
    except ArengoError as error:
        return _failed(request, error, trip.is_to_link)
    if owner is None or trip.is_to_link:
        gone_on = _to_linking(request, host, key, found, caller)
    else:
        gone_on = await _enter(request, host, found, trip.target)
    gone_on.delete_cookie(JOURNEY_COOKIE)
    return gone_on


async def _enter(request: ArengoRequest, host: Host, found: Identified, target: str) -> Redirect:
    origin = origin_from(request)
    async with host.unit_of_work() as uow:
        entered = await elsewhere.sign_in(uow, host.identity, found, origin)
    assert entered is not None, "it is linked"
    if isinstance(entered, SecondStepNeeded):
        return to_second_step(request, host, entered, target)
    return await after_sign_in(request, host, entered, origin, target)


def _to_linking(
    request: ArengoRequest, host: Host, key: str, found: Identified, caller: Caller
) -> Redirect:
    """Go on to the page that asks whether to link it; who is not signed in signs in before."""
    path, said = HOME, ()
    if caller.user_id is None:
        path = f"/sign-in?{urlencode({'next': HOME})}"
        said = (
            Flash(
                "info",
                gettext("No account here is linked to this identity yet."),
                gettext("Sign in once as you did until now, then link it: the next page asks."),
            ),
        )
    answer = redirect(request, path, *said)
    values = {"key": key, "found": msgspec.json.encode(found).decode()}
    sealed = seal(host.cipher, "identified", _IDENTIFIED_LIFE, values)
    life = int(_IDENTIFIED_LIFE.total_seconds())
    set_private_cookie(host, answer, IDENTIFIED_COOKIE, sealed, life)
    return answer


def _waiting(request: ArengoRequest, host: Host) -> tuple[str, Identified] | None:
    """The identity that came back and waits to be linked, with its provider's key."""
    values = unseal(host.cipher, "identified", request.cookies.get(IDENTIFIED_COOKIE))
    if values is None:
        return None
    return values["key"], msgspec.json.decode(values["found"], type=Identified)


@get(HOME, name="linked-identities")
async def identities_page(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[str]:
    """One's identities elsewhere, and the one that waits to be linked."""
    return await _show(request, host, caller, Form({}))


async def _show(request: ArengoRequest, host: Host, caller: Caller, form: Form) -> Response[str]:
    caller.require_signed_in()
    waiting = _waiting(request, host)
    ways = elsewhere.ways(host)
    labels = {way.key: way.label for way in ways}
    async with host.unit_of_work(caller, read_only=True) as uow:
        return await page(
            request,
            uow,
            "identity/identities.html",
            face=face_of(caller),
            status=409 if form.errors else 200,
            form=form,
            identities=[
                (row, labels.get(row.provider, row.provider)) for row in await elsewhere.own(uow)
            ],
            ways=ways,
            waiting=waiting[1] if waiting else None,
            waiting_label=labels.get(waiting[0], waiting[0]) if waiting else "",
        )


@post(HOME, name="identity-link", status_code=303)
async def link(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Link the identity that waits."""
    caller.require_signed_in()
    waiting = _waiting(request, host)
    if waiting is None:
        lost = gettext("It was too long ago: begin again.")
        return redirect(request, HOME, Flash("danger", lost))
    try:
        async with host.unit_of_work(caller) as uow:
            await elsewhere.link(uow, host.identity, *waiting)
    except ConflictError as error:
        form = Form({})
        form.refuse(error)
        return await _show(request, host, caller, form)
    done = gettext("Linked: you sign in with it from now on.")
    answer = redirect(request, HOME, Flash("success", done))
    answer.delete_cookie(IDENTIFIED_COOKIE)
    return answer


@post(
    f"{HOME}/{{linked_id:uuid}}/remove",
    name="identity-unlink",
    opt={"mutation": "unlinkIdentity"},
    status_code=303,
)
async def unlink(
    request: ArengoRequest, host: FromHost, caller: FromCaller, linked_id: FromPath[UUID]
) -> Redirect:
    """Take one away."""
    async with host.unit_of_work(caller) as uow:
        await elsewhere.unlink(uow, linked_id)
    return redirect(request, HOME, Flash("success", gettext("It opens nothing here any more.")))


ROUTES: list[Any] = [depart, come_back, come_back_posted, identities_page, link, unlink]
