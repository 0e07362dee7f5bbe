"""States of attempts and what they mean; states of payments are in the contract."""

from __future__ import annotations

from enum import StrEnum

from arengo_payments.contract import PaymentState

ENDED = frozenset({PaymentState.FAILED, PaymentState.EXPIRED})
COLLECTED = frozenset({PaymentState.PAID, PaymentState.REFUNDED})


class AttemptState(StrEnum):
    """Where an attempt stands."""

    PREPARED = "prepared"  # the gateway knows nothing of it
    OPENING = "opening"  # asked; without an answer yet, or the program stopped meanwhile
    UNKNOWN = "unknown"  # asked; the answer was lost
    OPEN = "open"
    PROCESSING = "processing"  # completed by the payer, the money is on its way
    PAID = "paid"
    CLOSED = "closed"  # refused, expired, failed or never begun
