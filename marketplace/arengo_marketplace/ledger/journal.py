"""The ledger as journal text, which the programs ``ledger`` and ``hledger`` read and balance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from arengo_core.clock import ROME
from arengo_core.money import Money
from arengo_marketplace.ledger.chart import BY_CODE, CHART, AccountKind
from arengo_marketplace.ledger.models import LedgerPosting, LedgerTransaction

_TOP = {
    AccountKind.ASSET: "assets",
    AccountKind.LIABILITY: "liabilities",
    AccountKind.INCOME: "income",
    AccountKind.EXPENSE: "expenses",
}
Line = tuple[LedgerPosting, LedgerTransaction]


def account_name(code: str) -> str:
    """An account of the chart as journals name it: ``assets:bank``."""
    return f"{_TOP[BY_CODE[code].kind]}:{code}"


def written(title: str, lines: Sequence[Line], names: Mapping[UUID, str]) -> str:
    """The journal of lines that come transaction by transaction.

    Days are Rome's. A line that concerns a member is on the member's part of the account; members
    of the same name are told apart by the end of their id. What the format would take for a mark
    of its own is replaced in names and descriptions.
    """
    members = _told_apart(names)
    parts = [f"; {_plain(title)}\n\n"]
    for currency in sorted({posting.currency for posting, _ in lines}):
        parts.append(f"commodity {currency}\n\n")
    parts += [f"account {account_name(account.code)}\n" for account in CHART]
    for _, group in groupby(lines, key=lambda line: line[1].id):
        parts += _transaction(list(group), members)
    return "".join(parts)


def _transaction(lines: Sequence[Line], members: Mapping[UUID, str]) -> Iterator[str]:
    head = lines[0][1]
    at = head.occurred_at.astimezone(ROME)
    key = _plain(head.key).replace("(", "[").replace(")", "]")
    yield f"\n{at:%Y-%m-%d} * ({key}) {_plain(head.description)}".rstrip() + "\n"
    yield f"    ; id: {head.id}\n"
    for posting, _ in lines:
        account = account_name(posting.account)
        if posting.organization_id in members:
            account += f":{members[posting.organization_id]}"
        amount = Money(posting.amount, posting.currency)
        yield f"    {account}  {amount.decimal:f} {posting.currency}\n"


def _told_apart(names: Mapping[UUID, str]) -> dict[UUID, str]:
    plain = {key: _plain(name).replace(":", "-") for key, name in names.items()}
    often = Counter(plain.values())
    return {
        key: name if often[name] == 1 else f"{name} {key.hex[-8:]}" for key, name in plain.items()
    }


def _plain(text: str) -> str:
    """Text on one line, without a comment's mark and without two spaces, which end a name."""
    return re.sub(r"\s+", " ", text.replace(";", ",").replace("|", "/")).strip()


def concerned(lines: Iterable[Line]) -> list[UUID]:
    """The members that lines concern."""
    return sorted(
        {row.organization_id for row, _ in lines if row.organization_id != row.consortium_id}
    )
