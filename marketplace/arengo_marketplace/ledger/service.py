"""Rules of the ledger: balanced transactions, written once, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from arengo_core import clock
from arengo_core.database.unit_of_work import UnitOfWork
from arengo_core.errors import InvalidInputError, NotFoundError
from arengo_core.ids import new_id
from arengo_core.money import Money
from arengo_core.organizations import repository as organizations
from arengo_marketplace.contract import Posting
from arengo_marketplace.ledger import repository
from arengo_marketplace.ledger.chart import BY_CODE, CHART, Account
from arengo_marketplace.ledger.journal import Line, concerned, written
from arengo_marketplace.ledger.repository import ALWAYS, Span

KEY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """An account in the trial balance, in minor units."""

    account: Account
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debits - self.credits


def account_named(code: str) -> Account:
    """An account of the chart. NotFoundError otherwise."""
    if code not in BY_CODE:
        raise NotFoundError("The ledger has no such account.")
    return BY_CODE[code]


async def post(
    uow: UnitOfWork,
    consortium_id: UUID,
    *,
    key: str,
    description: str,
    postings: Sequence[Posting],
    occurred_at: datetime | None = None,
) -> bool:
    """Write a balanced transaction once; False, changing nothing, where the key was used before.

    Lines of nothing are left out. InvalidInputError when the rest does not balance, mixes
    currencies or names an unknown account. For the program's own services: whoever calls has
    checked that the caller may cause it.
    """
    lines = [posting for posting in postings if posting.amount]
    _check(key, lines)
    if not lines:
        return False
    at = occurred_at or clock.now()
    tenants = {posting.organization_id or consortium_id for posting in lines}
    async with uow.widened(tenants | {consortium_id}):
        await repository.ensure_chart(uow.session, consortium_id)
        transaction_id = new_id()
        head = {
            "id": transaction_id,
            "organization_id": consortium_id,
            "consortium_id": consortium_id,
            "key": key,
            "description": description,
            "occurred_at": at,
            "lines": len(lines),
        }
        if not await repository.claim(uow.session, head):
            return False
        rows = [
            {
                "organization_id": posting.organization_id or consortium_id,
                "consortium_id": consortium_id,
                "transaction_id": transaction_id,
                "account": posting.account,
                "amount": posting.amount.amount,
                "currency": posting.amount.currency,
                "occurred_at": at,
            }
            for posting in lines
        ]
        await repository.write_postings(uow.session, rows)
    return True


def _check(key: str, lines: Sequence[Posting]) -> None:
    if not 1 <= len(key) <= KEY_LIMIT:
        raise InvalidInputError(
            "A ledger transaction's key has 1 to {limit} characters.", field="key", limit=KEY_LIMIT
        )
    for posting in lines:
        if posting.account not in BY_CODE:
            raise InvalidInputError(
                "The ledger has no account {account}. Known are: {known}.",
                field="account",
                account=posting.account,
                known=", ".join(BY_CODE),
            )
    if len({posting.amount.currency for posting in lines}) > 1:
        raise InvalidInputError("One ledger transaction has one currency.", field="postings")
    left = sum(posting.amount.amount for posting in lines)
    if left:
        raise InvalidInputError(
            "The postings do not balance: {left} minor units are left over.",
            field="postings",
            left=left,
        )


async def balance(
    uow: UnitOfWork, consortium_id: UUID, account: str, organization_id: UUID | None = None
) -> Money:
    """Debits less credits of an account, for one member or in all; for the program's services."""
    async with uow.widened([organization_id] if organization_id else [], [consortium_id]):
        amount = await repository.balance(uow.session, consortium_id, account, organization_id)
    return Money(amount)


async def trial_balance(
    uow: UnitOfWork, consortium_id: UUID, on: date | None = None
) -> list[AccountTotal]:
    """Every account of the chart with its debits and credits; they are equal in all.

    ``on``: as they stood at the end of that day in Rome.
    """
    turnover = await repository.turnover(uow.session, consortium_id, Span(last=on))
    return [AccountTotal(account, *turnover.get(account.code, (0, 0))) for account in CHART]


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account over some days, of one member or all, in minor units: debits less credits."""

    opening: int
    debits: int
    credits: int

    @property
    def closing(self) -> int:
        """The balance at the end of the last day."""
        return self.opening + self.debits - self.credits


async def account_statement(
    uow: UnitOfWork,
    consortium_id: UUID,
    code: str,
    within: Span,
    organization_id: UUID | None = None,
) -> AccountStatement:
    """How an account stood before the first day, and what moved until the last."""
    account = account_named(code).code
    if within.first and within.last and within.last < within.first:
        raise InvalidInputError("The last day is before the first.", field="until")

    async def moved(span: Span) -> tuple[int, int]:
        found = await repository.turnover(
            uow.session, consortium_id, span, account=account, organization_id=organization_id
        )
        return found.get(account, (0, 0))

    before = (0, 0)
    if within.first is not None:
        before = await moved(Span(last=within.first - timedelta(days=1)))
    return AccountStatement(before[0] - before[1], *await moved(within))


async def names_of(uow: UnitOfWork, lines: Iterable[Line]) -> dict[UUID, str]:
    """Names of the members that lines concern; the consortium's own lines name nobody."""
    found = await organizations.by_ids(uow.session, concerned(lines))
    return {key: row.name for key, row in found.items()}


async def journal(uow: UnitOfWork, consortium_id: UUID, within: Span = ALWAYS) -> str:
    """The ledger as text for the programs ``ledger`` and ``hledger``, of all time or some days."""
    lines = await repository.journal_lines(uow.session, consortium_id, within)
    consortium = (await organizations.by_ids(uow.session, [consortium_id]))[consortium_id]
    return written(consortium.name, lines, await names_of(uow, lines))
