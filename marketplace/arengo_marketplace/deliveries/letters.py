"""What the people of a member read when a statement is there."""

from __future__ import annotations

from dataclasses import dataclass

from arengo_core.host import Host
from arengo_core.i18n import current_locale, format_date, format_money
from arengo_core.i18n import gettext as _
from arengo_core.money import Money
from arengo_marketplace.statements.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the present locale; ``link`` leads to the statement."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str


def letter_of(host: Host, sheet: Sheet, level: int) -> Letter:
    """The letter that goes along with a statement."""
    statement = sheet.statement
    values = {
        "member": sheet.member.name,
        "consortium": sheet.consortium.name,
        "month": statement.period.label(current_locale()),
        "amount": format_money(Money(abs(statement.due), statement.currency)),
        "due": format_date(statement.due_on),
    }
    subject = _(
        "Statement {number} of {consortium}",
        number=statement.number,
        consortium=sheet.consortium.name,
    )
    if statement.reverses_id is not None:
        body = _(
            "{consortium} has taken back its settlement of {month}. This is the credit for"
            " {member}: {amount}.",
            **values,
        )
        after = _("Why, and every figure of it:")
    elif statement.due < 0:
        body = _(
            "{consortium} has settled {month}. {member} paid suppliers more than its part: it is"
            " owed {amount}.",
            **values,
        )
        after = _("What it is for, why it is so much, and every figure of it:")
    else:
        body = _(
            "{consortium} has settled {month}. The part of {member} is {amount}, to be paid by"
            " {due}.",
            **values,
        )
        after = _("What it is for, why it is so much, and every figure of it:")
    attached = _("The statement is attached as PDF. SHA-256: {digest}", digest=sheet.digest)
    return Letter(subject, (body, attached, after), host.url(f"/office/statements/{statement.id}"))
