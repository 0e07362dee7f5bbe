"""What plugins may use of the marketplace. They import this module and nothing else of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from arengo_core.caller import OrganizationKind
from arengo_core.errors import ArengoError
from arengo_core.i18n import N_
from arengo_core.money import Money
from arengo_core.outbox.events import Event
from arengo_core.plugins.contributions import Slot
from arengo_marketplace.costs.bearer import Bearer
from arengo_marketplace.costs.document import Document
from arengo_marketplace.costs.keys import AllocationKey, KeyContext

__all__ = [
    "ActivationChanged",
    "AllocationKey",
    "Bearer",
    "CollectingEntity",
    "ConsentAsked",
    "ConsentGiven",
    "Consortium",
    "Correspondence",
    "Document",
    "KeyContext",
    "Marketplace",
    "Member",
    "MemberAdmitted",
    "MemberLetter",
    "OnlinePayment",
    "OnlineReceipt",
    "OnlineState",
    "Posting",
    "SettlementClosed",
    "StatementCheckout",
    "StatementDesk",
    "StatementDue",
    "UsageReading",
]


DASHBOARD_SLOT = Slot(
    "marketplace.dashboard",
    "At the end of the office's overview. Subject: the id of the organization acted for.",
)


@dataclass(frozen=True, slots=True)
class Consortium:
    """A federation, as plugins see it."""

    id: UUID
    name: str
    slug: str
    theme: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """An organization's present part in a consortium. ``seat_id``: a merchant's municipality."""

    organization_id: UUID
    consortium_id: UUID
    kind: OrganizationKind
    name: str
    istat_code: str | None
    population: int | None
    seat_id: UUID | None
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class CollectingEntity:
    """Who holds the gateway account for a consortium's market, with the gateway's settings."""

    organization_id: UUID
    name: str
    is_public_administration: bool
    gateway: str
    gateway_settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UsageReading:
    """One reading of a meter, for a member. ``key`` makes reporting it again harmless."""

    meter: str
    organization_id: UUID
    quantity: Decimal
    occurred_at: datetime
    key: str


@dataclass(frozen=True, slots=True)
class Posting:
    """A line of a ledger transaction: positive amounts debit the account, negative credit it.

    ``account`` is a code of the consortium's chart (``gateway``, ``merchant_payable``, ...);
    ``organization_id`` the member it concerns, if any.
    """

    account: str
    amount: Money
    organization_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ActivationChanged(Event):
    """A member's Activation changed its state. Aggregate: the activation."""

    name: ClassVar[str] = "marketplace.activation_changed"
    title: ClassVar[str] = N_("A service was switched on, changed or ended")

    service: str
    state: str


@dataclass(frozen=True, slots=True)
class ConsentGiven(Event):
    """A member agreed to what a service reads and writes. Aggregate: the activation.

    ``grants`` are all that are agreed to from now on.
    """

    name: ClassVar[str] = "marketplace.consent_given"
    title: ClassVar[str] = N_("What a service reads and writes was agreed to")

    service: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentAsked(Event):
    """A service asks for more than a member agreed to. Aggregate: the activation.

    ``grants`` are those to be answered; none of them is in force.
    """

    name: ClassVar[str] = "marketplace.consent_asked"
    title: ClassVar[str] = N_("A service asks to read or write more")

    service: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberAdmitted(Event):
    """An organization became a member. Aggregate: the membership."""

    name: ClassVar[str] = "marketplace.member_admitted"
    title: ClassVar[str] = N_("A member joined")

    consortium_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class SettlementClosed(Event):
    """A consortium closed a period. Organization: the consortium; aggregate: the settlement."""

    name: ClassVar[str] = "marketplace.settlement_closed"
    title: ClassVar[str] = N_("A month was closed")
    owners: ClassVar[tuple[OrganizationKind, ...]] = (OrganizationKind.CONSORTIUM,)

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class MemberLetter:
    """A letter of the consortium to somebody of a member, already in that one's language.

    ``key`` makes sending it again harmless. ``action`` is a label and an address. ``in_inbox``:
    it belongs in the member's own inbox too, where there is one.
    """

    key: str
    organization_id: UUID
    email: str
    locale: str
    subject: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str]
    sender: str
    reply_to: str = ""
    in_inbox: bool = False


class Correspondence(Protocol):
    """Capability that a service of messages may bring: the consortium's letters to a member.

    The marketplace asks for it where the member has that service active, and mails itself
    otherwise.
    """

    async def send(self, letter: MemberLetter) -> UUID:
        """Take a letter over, in the caller's transaction; the same key again sends nothing."""
        ...


class OnlineState(StrEnum):
    """Where the online payment of a statement stands."""

    OPEN = "open"  # its page waits for the payer
    UNKNOWN = "unknown"  # the gateway gave no clear answer: it is asked again
    PROCESSING = "processing"  # the payer has done their part, the money is on its way
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    RETURNED = "returned"  # all of it was given back


@dataclass(frozen=True, slots=True)
class StatementDue:
    """What a member is about to pay online of a statement. Idempotent by ``key``.

    ``label`` names the statement on the payment's page, in ``locale``. The payer comes back to
    ``back_url`` once the page is filled in, and to ``cancel_url`` when they turn back.
    """

    key: str
    statement_id: UUID
    consortium_id: UUID
    member_id: UUID
    amount: Money
    label: str
    locale: str
    back_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class OnlinePayment:
    """An online payment of a statement; ``url`` is its page where that has just been opened."""

    id: UUID
    statement_id: UUID
    state: OnlineState
    amount: Money
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OnlineReceipt:
    """Money that came online for a statement; a negative amount was given back.

    ``key`` makes telling it again harmless. ``reference`` is the gateway's name for the payment.
    """

    key: str
    statement_id: UUID
    amount: Money
    occurred_at: datetime
    reference: str
    reason: str = ""


class StatementCheckout(Protocol):
    """Capability that a service of payments may bring: a member pays a statement online.

    Works in the caller's transaction. The member is a payer and no user of the service, so its
    own Activation is not asked for: ``host.continuing``. The marketplace asks whether the
    consortium offers the service that this capability is brought with, and wants it for its
    statements.
    """

    async def obstacle(self, consortium_id: UUID) -> ArengoError | None:
        """Why nothing can be collected online here; None where something can."""
        ...

    async def beyond(self, amount: Money) -> ArengoError | None:
        """Why an amount is too small or too large to be collected online; asks no database."""
        ...

    async def prepare(self, due: StatementDue) -> OnlinePayment:
        """Store a payment whose page :class:`StatementDesk` opens after commit."""
        ...

    async def latest(
        self, consortium_id: UUID, statement_ids: Collection[UUID]
    ) -> Mapping[UUID, OnlinePayment]:
        """The newest payment of each statement that has any, by statement."""
        ...


class StatementDesk(Protocol):
    """``host.standalone(StatementDesk)``: talks to the gateway between its own transactions."""

    async def open(self, payment_id: UUID) -> OnlinePayment:
        """Open the payment's page, or give the one that is open. Safe to repeat.

        UnavailableError when the gateway's answer is unknown: the same call may pass later.
        """
        ...

    async def close(self, payment_id: UUID) -> None:
        """Close an open page, so that nobody pays what is not to be paid any more."""
        ...


class Marketplace(Protocol):
    """Capability of the marketplace: ``host.continuing(uow, Marketplace)``; never gated.

    Every method works in the caller's transaction.
    """

    async def consortium(self, consortium_id: UUID) -> Consortium:
        """A consortium. NotFoundError when there is none."""
        ...

    async def consortia(self) -> Sequence[Consortium]:
        """All consortia of this deployment, by name."""
        ...

    async def member(self, organization_id: UUID) -> Member:
        """The present membership of an organization. NotFoundError when it has none."""
        ...

    async def members(
        self, consortium_id: UUID, kind: OrganizationKind | None = None
    ) -> Sequence[Member]:
        """Present members of a consortium, by name."""
        ...

    async def settings(self, service: str, organization_id: UUID) -> Any:
        """The member's settings of an active service, as the service's settings type.

        A merchant covered by its municipality gets the covering activation's. NotActiveError
        when neither is active.
        """
        ...

    async def settings_of_members(
        self, service: str, organization_ids: Collection[UUID]
    ) -> Mapping[UUID, Any]:
        """As :meth:`settings` for several members at once; those without it are absent."""
        ...

    async def collecting_entity(self, consortium_id: UUID) -> CollectingEntity | None:
        """Who takes card payments for the market; None where nobody was named yet."""
        ...

    async def set_collecting_entity(
        self,
        consortium_id: UUID,
        *,
        organization_id: UUID | None = None,
        name: str = "",
        vat_number: str = "",
        is_public: bool = False,
        gateway: str,
        gateway_settings: Mapping[str, str],
    ) -> CollectingEntity:
        """Name who takes card payments: an organization, or a firm by name and VAT number.

        Settings are stored encrypted; those not given keep their value. ForbiddenError unless
        the caller is an officer of the consortium.
        """
        ...

    async def report_usage(self, readings: Sequence[UsageReading]) -> int:
        """Store readings; how many were new. InvalidInputError for an unknown meter."""
        ...

    async def post(
        self,
        consortium_id: UUID,
        *,
        key: str,
        description: str,
        postings: Sequence[Posting],
        occurred_at: datetime | None = None,
    ) -> None:
        """Write a balanced ledger transaction once: the same key again changes nothing."""
        ...

    async def record_online(self, receipt: OnlineReceipt) -> None:
        """Record that a statement was paid online, or that this money went back, once.

        Books it between ``gateway`` and what the member owes. What is more than is open becomes
        the member's credit. NotFoundError when there is no such statement.
        """
        ...

    async def balance(
        self, consortium_id: UUID, account: str, organization_id: UUID | None = None
    ) -> Money:
        """Balance of an account (debits less credits), for one member or in all."""
        ...

    async def balances(self, consortium_id: UUID, account: str) -> Mapping[UUID, Money]:
        """Balance of an account for each member that it concerns."""
        ...
