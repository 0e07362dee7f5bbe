"""The page of the audit log, and what it shows as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get

from arengo_core.audit import reading, repository
from arengo_core.audit.models import AuditEntry
from arengo_core.audit.reading import PROGRAM, Named
from arengo_core.audit.repository import Search
from arengo_core.audit.wording import (
    act_in_words,
    changes_in_words,
    details_in_words,
    origin_in_words,
    plugin_in_words,
)
from arengo_core.errors import InvalidInputError
from arengo_core.i18n import format_datetime, gettext
from arengo_core.permissions.declared import LOG
from arengo_core.plugins.registry import Registry
from arengo_core.web.context import ArengoRequest, FromCaller, FromHost
from arengo_core.web.forms import Form
from arengo_core.web.pages import acting_for, face_of, page
from arengo_core.web.spreadsheet import csv_answer

_PAGE = 50
_FIELDS = ("person", "act", "thing", "since", "until")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words."""

    when: str
    who: str
    on_behalf: str
    what: str
    details: str
    changes: str
    whence: str
    thing: str

    @classmethod
    def of(cls, row: AuditEntry, named: Named, registry: Registry) -> Line:
        """From its row."""
        place = named.places.get(row.acting_id) if row.acting_id else None
        return cls(
            when=format_datetime(row.at),
            who=_who(row, named, registry),
            on_behalf=place if place and row.acting_id != row.organization_id else "",
            what=act_in_words(registry, row.action),
            details=details_in_words(registry, row.details),
            changes=changes_in_words(registry, row.changes),
            whence=origin_in_words(row.origin, row.network),
            thing=str(row.object_id) if row.object_id else "",
        )


def _who(row: AuditEntry, named: Named, registry: Registry) -> str:
    if row.actor_id is not None:
        return named.people.get(row.actor_id, gettext("A person who is gone"))
    if row.origin != "plugin":
        return gettext("The program")
    return plugin_in_words(registry, str(row.details.get("plugin", "")))


def _cursor(request: ArengoRequest) -> UUID | None:
    try:
        return UUID(request.query_params.get("before", ""))
    except ValueError:
        return None


def _asked(request: ArengoRequest) -> tuple[Form, Search]:
    form = Form({name: request.query_params.get(name, "") for name in _FIELDS})
    try:
        return form, reading.search_of(form)
    except InvalidInputError as error:
        form.refuse(error)
        return form, Search()


@get("/office/log", name="audit-log")
async def audit_log(request: ArengoRequest, host: FromHost, caller: FromCaller) -> Response[str]:
    """Who did what in the organization, newest first; by person, act, thing and days."""
    place = acting_for(caller)
    caller.require(place, LOG)
    form, search = _asked(request)
    asked = {name: form[name] for name in _FIELDS if form[name]}
    async with host.unit_of_work(caller, read_only=True) as uow:
        rows = await reading.page_of(uow, place, search, before=_cursor(request), limit=_PAGE + 1)
        actors = await repository.actors_in(uow.session, place)
        named = await reading.names_in(uow, rows, actors)
        actions = await repository.actions_in(uow.session, place)
        people = sorted((named.people[key], str(key)) for key in actors if key in named.people)
        acts = sorted((act_in_words(host.registry, action), action) for action in actions)
        following = urlencode({**asked, "before": rows[_PAGE - 1].id}) if len(rows) > _PAGE else ""
        return await page(
            request,
            uow,
            "core/audit_log.html",
            face=face_of(caller),
            status=400 if form.errors else 200,
            form=form,
            is_search=bool(asked),
            people=[(key, name) for name, key in people],
            program=PROGRAM,
            acts=[(key, title) for title, key in acts],
            lines=[Line.of(row, named, host.registry) for row in rows[:_PAGE]],
            following=f"/office/log?{following}" if following else "",
            csv=f"/office/log/csv?{urlencode(asked)}",
        )


@get("/office/log/csv", name="audit-log-csv")
async def audit_log_csv(
    request: ArengoRequest, host: FromHost, caller: FromCaller
) -> Response[bytes]:
    """The entries that the page shows for the same search, all of them, as CSV."""
    place = acting_for(caller)
    caller.require(place, LOG)
    search = reading.search_of({name: request.query_params.get(name, "") for name in _FIELDS})
    lines: list[tuple[str, ...]] = []
    async with host.unit_of_work(caller, read_only=True) as uow:
        async for rows, named in reading.all_of(uow, place, search):
            for row in rows:
                line = Line.of(row, named, host.registry)
                lines.append(
                    (
                        row.at.isoformat(timespec="seconds"),
                        line.who,
                        line.on_behalf,
                        line.what,
                        line.details,
                        line.changes,
                        line.whence,
                        row.object_type,
                        line.thing,
                        row.trace_id,
                    )
                )
    headings = [
        gettext(text)
        for text in (
            "When",
            "Who",
            "For",
            "What",
            "Details",
            "Before and after",
            "From where",
            "Kind of thing",
            "Thing",
            "Trace id",
        )
    ]
    return csv_answer("log", headings, lines)


ROUTES: list[Any] = [audit_log, audit_log_csv]
