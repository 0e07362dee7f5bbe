"""The chart of accounts that every consortium's ledger has."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from arengo_core.i18n import N_


class AccountKind(StrEnum):
    """What an account tells; assets and expenses grow by debits, the others by credits."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart. ``title`` and ``note`` are msgids."""

    code: str
    kind: AccountKind
    title: str
    note: str


CHART = (
    Account(
        "bank", AccountKind.ASSET, N_("Bank"), N_("Money that came in and went out by transfer.")
    ),
    Account(
        "gateway",
        AccountKind.ASSET,
        N_("Payment gateway"),
        N_("Card payments that the gateway has not paid out yet."),
    ),
    Account(
        "member_receivable",
        AccountKind.ASSET,
        N_("Owed by members"),
        N_("What statements ask for, until it is paid; less costs that members paid to suppliers."),
    ),
    Account(
        "merchant_payable",
        AccountKind.LIABILITY,
        N_("Owed to merchants"),
        N_("What shoppers paid for merchants' orders, until it is handed on."),
    ),
    Account(
        "costs_payable",
        AccountKind.LIABILITY,
        N_("Owed for services"),
        N_("Costs of shared services that suppliers are owed."),
    ),
    Account(
        "fees_income",
        AccountKind.INCOME,
        N_("Fees"),
        N_("What users paid, less what settlements counted against costs."),
    ),
    Account(
        "funding",
        AccountKind.ASSET,
        N_("Funding to come"),
        N_("Grants that settlements counted against costs, until they are paid in."),
    ),
    Account(
        "refunds",
        AccountKind.EXPENSE,
        N_("Refunds borne"),
        N_("Refunds that no merchant bears."),
    ),
)
BY_CODE = {account.code: account for account in CHART}
