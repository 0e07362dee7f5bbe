"""The page of the consent log, and all of it as CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from arengo_core.consents import cursors, reading
from arengo_core.consents.contract import ACT_WORDS, ConsentEntry
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import format_datetime, gettext
from arengo_core.permissions.declared import CONSENTS
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.pages import acting_for, face_of, page
from arengo_core.web.spreadsheet import csv_answer

_PAGE = 50


def _who(entry: ConsentEntry) -> str:
    return entry.who or gettext("The program")


def _row(entry: ConsentEntry) -> dict[str, Any]:
    return {
        "when": format_datetime(entry.at),
        "who": _who(entry),
        "in_name_of": entry.in_name_of,
        "what": entry.what,
        "act": gettext(ACT_WORDS[entry.act]),
        "words": entry.words,
    }


@get("/office/consents", name="consents")
async def consent_log(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who agreed to what, when, by which words, and when it ended."""
    place = acting_for(caller)
    caller.require(place, CONSENTS)
    try:
        before = cursors.before(request.query_params.get("before") or None)
    except InvalidInputError:
        before = None
    async with host.unit_of_work(caller, read_only=True) as uow:
        entries = await reading.page_of(host, uow, place, before=before, limit=_PAGE + 1)
        following = ""
        if len(entries) > _PAGE:
            asked = urlencode({"before": cursors.cursor_of(entries[_PAGE - 1])})
            following = f"/office/consents?{asked}"
        return await page(
            request,
            uow,
            "core/consents.html",
            face=face_of(caller),
            lines=[_row(entry) for entry in entries[:_PAGE]],
            following=following,
        )


@get("/office/consents/csv", name="consents-csv")
async def consent_log_csv(host: FromHost, caller: FromCaller) -> Response[bytes]:
    """The whole consent log of the organization as CSV."""
    place = acting_for(caller)
    caller.require(place, CONSENTS)
    async with host.unit_of_work(caller, read_only=True) as uow:
        lines = [
            (
                entry.at.isoformat(timespec="seconds"),
                _who(entry),
                entry.in_name_of,
                entry.what,
                gettext(ACT_WORDS[entry.act]),
                " / ".join(entry.words),
            )
            async for entry in reading.all_of(host, uow, place)
        ]
    headings = [
        gettext(text) for text in ("When", "Who", "For", "To what", "What was done", "Words shown")
    ]
    return csv_answer("consents", headings, lines)


ROUTES: list[Any] = [consent_log, consent_log_csv]
