"""Stripe's documented test cards and payment methods; no other card is taken."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the issuer refuses: Stripe's error code, decline code and message."""

    code: str
    message: str
    decline_code: str | None = None


@dataclass(frozen=True, slots=True)
class TestCard:
    """What is known of a card: never its number."""

    __test__ = False

    brand: str
    last4: str
    decline: Decline | None = None
    must_authenticate: bool = False


_DECLINED = Decline("card_declined", "Your card was declined.", "generic_decline")
_NO_FUNDS = Decline("card_declined", "Your card has insufficient funds.", "insufficient_funds")
_EXPIRED = Decline("expired_card", "Your card has expired.", "expired_card")

_VISA = TestCard("visa", "4242")
_MASTERCARD = TestCard("mastercard", "4444")
_REFUSED = TestCard("visa", "0002", _DECLINED)
_POOR = TestCard("visa", "9995", _NO_FUNDS)
_OLD = TestCard("visa", "0069", _EXPIRED)
_SECURE = TestCard("visa", "3155", must_authenticate=True)
_SECURE_ALWAYS = TestCard("visa", "3184", must_authenticate=True)

BY_NUMBER = {
    "4242424242424242": _VISA,
    "5555555555554444": _MASTERCARD,
    "4000000000000002": _REFUSED,
    "4000000000009995": _POOR,
    "4000000000000069": _OLD,
    "4000002500003155": _SECURE,
    "4000002760003184": _SECURE_ALWAYS,
}
BY_METHOD = {
    "pm_card_visa": _VISA,
    "pm_card_mastercard": _MASTERCARD,
    "pm_card_chargeDeclined": _REFUSED,
    "pm_card_chargeDeclinedInsufficientFunds": _POOR,
    "pm_card_chargeDeclinedExpiredCard": _OLD,
    "pm_card_authenticationRequired": _SECURE,
    "pm_card_threeDSecure2Required": _SECURE_ALWAYS,
}
