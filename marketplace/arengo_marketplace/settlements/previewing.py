"""The office's page of a month that is to be closed: what closing gives, and closing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from arengo_core.caller import Caller
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import ArengoError
from arengo_core.host import Host
from arengo_core.i18n import current_locale, error_text, gettext
from arengo_core.tasks.models import Task
from arengo_core.tasks.pages import follow
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.flashes import Flash, redirect
from arengo_core.web.forms import read_form
from arengo_core.web.pages import page
from arengo_marketplace.costs.allocation import per_inhabitant
from arengo_marketplace.costs.period import Period
from arengo_marketplace.members.acting import office_of
from arengo_marketplace.months import month_asked, month_key
from arengo_marketplace.pools.service import month_named
from arengo_marketplace.settlements import closing, comparison, reviewing, service
from arengo_marketplace.settlements.assembly import Draft
from arengo_marketplace.settlements.models import Settlement
from arengo_marketplace.settlements.showing import Figures, figures_of, warning_in_words
from arengo_marketplace.settlements.warnings import ClosingWarning

_PAGE = "/office/settlements/preview"


async def _preview(
    request: ArengoRequest, host: Host, caller: Caller, month: Period, error: str = ""
) -> Response[str]:
    """Of many members first what each would pay, and only then, asked for anew, what takes
    seconds: the warnings, the month beside the last, the charts. What each would pay of each
    service is in one table of few members, and of many by the member.
    """
    member = member_asked(request)
    async with host.unit_of_work(caller, read_only=True) as uow:
        draft = await service.preview(uow, host, consortium_id=await office_of(uow), period=month)
        members = _drafted(draft)
        is_large = len(members) > closing.AT_ONCE
        is_whole = not is_large or member is not None or "whole" in request.query_params
        warnings, shown = await _rest(uow, host, draft, member) if is_whole else ([], None)
        key = month_key(month)
        return await page(
            request,
            uow,
            "marketplace/settlements/preview.html",
            face="office",
            status=400 if error else 200,
            error=error,
            draft=draft,
            key=key,
            label=month.label(current_locale()),
            previous=month_key(month.previous()),
            next=month_key(month.next()),
            members=members,
            chosen=next((row for row in members if row["id"] == member), None),
            problems=[error_text(problem) for problem in draft.problems],
            is_large=is_large,
            whole_url=f"{_PAGE}?month={key}&whole=yes",
            warnings=warnings,
            warned=warning_in_words,
            shown=shown,
        )


async def _rest(
    uow: UnitOfWork, host: Host, draft: Draft, member: UUID | None
) -> tuple[list[ClosingWarning], Figures]:
    beside = await comparison.beside_last(uow, host, draft)
    places = await comparison.places_of(uow, draft)
    warnings = await reviewing.warnings(uow, host, draft, beside)
    return warnings, figures_of(beside, places, draft.period, member)


def member_asked(request: ArengoRequest) -> UUID | None:
    """The member whose difference was asked for; None where none is named."""
    try:
        return UUID(request.query_params.get("member", ""))
    except ValueError:
        return None


def _drafted(draft: Draft) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for member, shares in draft.by_member().items():
        bearer = shares[0][1].bearer
        amount = draft.amount_of(member)
        rows.append(
            {
                "id": member,
                "name": bearer.name,
                "amount": amount,
                "population": bearer.population,
                "each": per_inhabitant(amount, bearer.population),
                "shares": {book.offer.id: share.amount for book, share in shares},
            }
        )
    return rows


@get(_PAGE, name="settlement-preview")
async def preview_page(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """What closing a month now would give each member."""
    caller.require_signed_in()
    return await _preview(request, host, caller, month_asked(request))


@post(
    "/office/settlements",
    name="settlement-close",
    opt={"mutation": "closeSettlement"},
    status_code=303,
)
async def close_month(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[Any] | Redirect:
    """Close a month."""
    caller.require_signed_in()
    form = await read_form(request)
    month = month_named(form["month"])
    try:
        made = await _closed_or_begun(host, caller, month, form["idempotency_key"] or None)
    except ArengoError as error:
        if error.status in {401, 403}:
            raise
        return await _preview(request, host, caller, month, error_text(error))
    if isinstance(made, Task):
        return await follow(request, host, caller, made.id)
    done = Flash(
        "success",
        gettext("{month} is settled.", month=month.label(current_locale())),
        gettext("Every member gets its statement by mail."),
    )
    return redirect(request, f"/office/settlements/{made.id}", done)


async def _closed_or_begun(
    host: Host, caller: Caller, month: Period, key: str | None
) -> Settlement | Task:
    async with host.unit_of_work(caller) as uow:
        consortium_id = await office_of(uow)
        if await closing.is_quick(uow, consortium_id, month):
            return await service.close(
                uow, host, consortium_id=consortium_id, period=month, idempotency_key=key
            )
        return await closing.begin(
            uow, consortium_id=consortium_id, period=month, idempotency_key=key
        )


ROUTES: list[Any] = [preview_page, close_month]
