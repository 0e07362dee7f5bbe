"""The page on which people pay, and the 3-D Secure challenge. No JavaScript.

A card number is looked up among the test cards and dropped: what is kept is brand and last digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect

from arengo_payments.standin import checkout
from arengo_payments.standin.cards import BY_NUMBER, TestCard
from arengo_payments.standin.errors import ApiError
from arengo_payments.standin.forms import Json, parse
from arengo_payments.standin.payments import Payer, authenticate
from arengo_payments.standin.rendering import Page
from arengo_payments.standin.service import Standin
from arengo_payments.standin.world import World

Asked = Request[Any, Any, State]
Shown = Response[str] | Redirect

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])\s*/?\s*(?:20)?(\d\d)")


@get("/pay/{session_id:str}")
async def show_payment(request: Asked, state: State, session_id: FromPath[str]) -> Shown:
    """The form, or what became of the session."""
    world, session = _session(state, session_id)
    page = Page(request.headers, session)
    return _closed(page, session) or _form(page, world, session or {}, {})


@post("/pay/{session_id:str}", status_code=200)
async def pay(request: Asked, state: State, session_id: FromPath[str]) -> Shown:
    """One attempt: paid, sent to the challenge, or the form again with the reason."""
    world, session = _session(state, session_id)
    page = Page(request.headers, session)
    closed = _closed(page, session)
    if closed is not None or session is None:
        return closed or page.notice("missing", 404)
    typed = await _typed(request)
    faults = _faults(typed, world.now())
    if faults:
        return _form(page, world, session, typed, faults=faults, status=422)
    card = BY_NUMBER[_digits(typed["number"])]
    try:
        checkout.pay(world, session, card, Payer(typed["email"].strip(), typed["name"].strip()))
    except ApiError as error:
        return _form(page, world, session, typed, message=_reason(page, error.body), status=402)
    if session["status"] == "complete":
        return Redirect(checkout.success_url(session), status_code=303)
    return Redirect(f"/c/authenticate/{session['payment_intent']}", status_code=303)


@get("/authenticate/{intent_id:str}")
async def show_challenge(request: Asked, state: State, intent_id: FromPath[str]) -> Shown:
    """The bank's question."""
    intent, session = _intent(state, intent_id)
    page = Page(request.headers, session)
    if intent is None or intent["status"] != "requires_action":
        return page.notice("nothing", 404 if intent is None else 409)
    page = Page(request.headers, session, intent["next_action"]["redirect_to_url"]["return_url"])
    return page.render("challenge.html", amount=page.money(intent["amount"], intent["currency"]))


@post("/authenticate/{intent_id:str}", status_code=200)
async def answer_challenge(request: Asked, state: State, intent_id: FromPath[str]) -> Shown:
    """The bank's verdict: on to the shop, or back to the form with the reason."""
    standin: Standin = state.standin
    world = standin.world
    intent, session = _intent(state, intent_id)
    page = Page(request.headers, session)
    if intent is None or intent["status"] != "requires_action":
        return page.notice("nothing", 404 if intent is None else 409)
    return_url = intent["next_action"]["redirect_to_url"]["return_url"]
    typed = await _typed(request)
    try:
        authenticate(world, intent, approved=typed.get("outcome") == "approve")
    except ApiError:
        if session is not None:
            return Redirect(f"/c/pay/{session['id']}", status_code=303)
        return Redirect(return_url, status_code=303) if return_url else page.notice("failed", 402)
    if session is not None:
        checkout.complete_if_paid(world, session)
        return_url = checkout.success_url(session)
    return Redirect(return_url, status_code=303) if return_url else page.notice("complete", 200)


def _session(state: State, session_id: str) -> tuple[World, Json | None]:
    standin: Standin = state.standin
    checkout.expire_due(standin.world)
    found = standin.world.objects.get(session_id)
    is_session = found is not None and found["object"] == "checkout.session"
    return standin.world, found if is_session else None


def _intent(state: State, intent_id: str) -> tuple[Json | None, Json | None]:
    standin: Standin = state.standin
    checkout.expire_due(standin.world)
    found = standin.world.objects.get(intent_id)
    if found is None or found["object"] != "payment_intent":
        return None, None
    return found, checkout.session_of(standin.world, found)


def _closed(page: Page, session: Json | None) -> Shown | None:
    if session is None:
        return page.notice("missing", 404)
    if session["status"] == "complete":
        return page.notice("complete", 200, checkout.success_url(session))
    if session["status"] == "expired":
        return page.notice("expired", 410, session["cancel_url"])
    return None


def _form(
    page: Page,
    world: World,
    session: Json,
    typed: Mapping[str, str],
    *,
    faults: frozenset[str] = frozenset(),
    message: str | None = None,
    status: int = 200,
) -> Response[str]:
    currency: str = session["currency"]
    items = [
        {
            "description": item["description"],
            "quantity": item["quantity"],
            "price": page.money(item["amount_total"], currency),
        }
        for item in world.checkouts[session["id"]].items
    ]
    kept = {name: typed.get(name, "") for name in ("email", "expiry", "name")}
    kept["email"] = kept["email"] or session["customer_email"] or ""
    return page.render(
        "pay.html",
        status,
        amount=page.money(session["amount_total"], currency),
        items=items,
        typed=kept,
        faults=faults,
        message=message or _last_failure(page, world, session),
        cancel_url=session["cancel_url"],
        cards=[(_grouped(number), _outcome(card)) for number, card in BY_NUMBER.items()],
    )


def _last_failure(page: Page, world: World, session: Json) -> str | None:
    if session["payment_intent"] is None:
        return None
    error = world.get("payment_intent", session["payment_intent"])["last_payment_error"]
    return None if error is None else _reason(page, {"error": error})


def _reason(page: Page, body: Json) -> str:
    error: Json = body["error"]
    for code in (error.get("decline_code"), error.get("code")):
        if code in page.words:
            return page.words[code]
    return error["message"]


async def _typed(request: Asked) -> dict[str, str]:
    try:
        fields = parse((await request.body()).decode())
    except ValueError:
        return {}
    return {name: value for name, value in fields.items() if isinstance(value, str)}


def _faults(typed: Mapping[str, str], now: int) -> frozenset[str]:
    today = datetime.fromtimestamp(now, UTC)
    expiry = _EXPIRY.fullmatch(typed.get("expiry", "").strip())
    is_past = expiry is not None and (2000 + int(expiry[2]), int(expiry[1])) < (
        today.year,
        today.month,
    )
    wrong = {
        "email": _EMAIL.fullmatch(typed.get("email", "").strip()) is None,
        "number": _digits(typed.get("number", "")) not in BY_NUMBER,
        "expiry": expiry is None or is_past,
        "cvc": re.fullmatch(r"\d{3,4}", typed.get("cvc", "").strip()) is None,
        "name": not typed.get("name", "").strip(),
    }
    return frozenset(name for name, is_wrong in wrong.items() if is_wrong)


def _digits(number: str) -> str:
    return re.sub(r"[\s-]", "", number)


def _grouped(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _outcome(card: TestCard) -> str:
    if card.decline is not None:
        code = card.decline.decline_code
        return code if code == "insufficient_funds" else card.decline.code
    return "challenge" if card.must_authenticate else "approve"


pages = Router("/c", route_handlers=[show_payment, pay, show_challenge, answer_challenge])
