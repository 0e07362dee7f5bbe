"""Mails that remind the office of a grant's report: thirty days before, and once it is overdue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from arengo_core import clock
from arengo_core.caller import Caller
from arengo_core.host import Host
from arengo_core.i18n import N_, format_date, format_money, set_locale
from arengo_core.i18n import gettext as _
from arengo_core.jobs.definition import Job, Schedule
from arengo_core.mail.sender import Mail
from arengo_core.organizations import service as organizations
from arengo_marketplace.funding import repository
from arengo_marketplace.funding.service import Standing, standing_of
from arengo_marketplace.members import directory
from arengo_marketplace.members.addresses import mail_addresses

MAIL_REPORT = "marketplace.mail_grant_report"


async def remind_all(host: Host, _payload: dict[str, Any]) -> None:
    """Job: have each consortium told of the reports that are due soon or overdue, once each."""
    async with host.unit_of_work(read_only=True) as uow:
        consortia = [consortium.id for consortium in await directory.consortia(uow)]
    for consortium_id in consortia:
        async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
            for row in await repository.of_consortium(uow.session, consortium_id):
                if _is_to_tell(Standing(row, {})):
                    row.reminded_on = clock.today()
                    payload = {"consortium": str(consortium_id), "funding": str(row.id)}
                    uow.enqueue(MAIL_REPORT, payload)


def _is_to_tell(standing: Standing) -> bool:
    due, told = standing.funding.report_due_on, standing.funding.reminded_on
    if not standing.report_due or due is None:
        return False
    return told is None or (standing.report_overdue and told <= due)


async def mail_report(host: Host, payload: dict[str, Any]) -> None:
    """Job: mail the consortium's people that a grant's report is due, or overdue."""
    consortium_id = UUID(payload["consortium"])
    async with host.unit_of_work(Caller.program([consortium_id], [consortium_id])) as uow:
        row = await repository.get(uow.session, UUID(payload["funding"]))
        if row is None or row.report_due_on is None or row.reported_on is not None:
            return
        standing = await standing_of(uow, row)
        consortium = await organizations.get(uow, consortium_id)
        addresses = await mail_addresses(uow, consortium)
    set_locale(consortium.locale)
    values = {
        "title": row.title,
        "funder": row.funder or "—",
        "day": format_date(row.report_due_on),
        "used": format_money(standing.used),
        "left": format_money(standing.left),
        "link": host.url(f"/office/funding/{row.id}"),
    }
    subject = (
        _("The report on {title} was due on {day}", **values)
        if standing.report_overdue
        else _("The report on {title} is due on {day}", **values)
    )
    text = _(
        "Funder: {funder}. The grant has covered {used} so far; {left} are left. What it covered,"
        " month by month and service by service, and the button that notes the report as made:"
        "\n\n{link}\n",
        **values,
    )
    for address in addresses:
        await host.mail.send(Mail(to=address, subject=subject, text=f"{subject}.\n\n{text}"))


JOBS = [Job(MAIL_REPORT, mail_report, title=N_("Remind of a grant's report"))]
SCHEDULES = [
    Schedule(
        Job(
            "marketplace.remind_of_grant_reports", remind_all, title=N_("Remind of grants' reports")
        ),
        "20 5 * * *",
    )
]
