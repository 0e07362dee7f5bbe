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
    """A letter in the present locale; ``link`` leads to the statement, ``action`` says so.

    ``proof`` names the SHA-256 of the statement.
    """

    subject: str
    paragraphs: tuple[str, ...]
    action: str
    link: str
    proof: str


def letter_of(host: Host, sheet: Sheet, level: int) -> Letter:
    """The letter that goes along with a statement, or with its reminder of a level."""
    statement = sheet.statement
    values = {
        "member": sheet.member.name,
        "consortium": sheet.consortium.name,
        "month": statement.period.label(current_locale()),
        "amount": format_money(Money(abs(statement.due), statement.currency)),
        "due": format_date(statement.due_on),
        "number": statement.number,
        "open": format_money(Money(sheet.standing.open, statement.currency)),
        "paid": format_money(Money(sheet.standing.paid, statement.currency)),
    }
    proof = _("SHA-256 of the statement: {digest}", digest=sheet.digest)
    link = host.url(f"/office/statements/{statement.id}")
    if level:
        how = "\n".join(f"{label}: {value}" for label, value in sheet.how_to_pay)
        body, after = _reminder(level, values)
        parts = (body, how, after)
        return Letter(
            _("Reminder: statement {number} of {consortium}", **values),
            tuple(part for part in parts if part),
            _("The statement, and where to say what is wrong"),
            link,
            proof,
        )
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
        action = _("Why, and every figure of it")
    elif statement.due < 0:
        body = _(
            "{consortium} has settled {month}. {member} paid suppliers more than its part: it is"
            " owed {amount}.",
            **values,
        )
        action = _("What it is for, why it is so much, and every figure of it")
    else:
        body = _(
            "{consortium} has settled {month}. The part of {member} is {amount}, to be paid by"
            " {due}.",
            **values,
        )
        if sheet.standing.paid > 0 and sheet.standing.open >= 0:
            before = _(
                "{paid} of it is paid already, by a credit or before: {open} is left.", **values
            )
            body = f"{body} {before}"
        action = _("What it is for, why it is so much, and every figure of it")
    paragraphs = [body]
    if sheet.pay_at:
        paragraphs.append(_("It can be paid online, by card: {address}", address=sheet.pay_at))
    return Letter(subject, tuple(paragraphs), action, link, proof)


def _reminder(level: int, values: dict[str, str]) -> tuple[str, str]:
    """What a reminder says before and after how to pay: the first is a friendly one."""
    if level == 1:
        return (
            _(
                "Perhaps it escaped you: statement {number} of {month} was to be paid by {due}, and"
                " {open} of {member} is still open.",
                **values,
            ),
            _("If you have paid in the meantime, thank you: there is nothing more to do."),
        )
    return (
        _(
            "We reminded you before: statement {number} of {month} was to be paid by {due}, and"
            " {open} of {member} is still open. Please pay it now.",
            **values,
        ),
        _("If something is wrong with it, say so on its page: no reminder is sent meanwhile."),
    )
