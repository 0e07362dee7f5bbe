"""Plugin payments: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody, consortium, merchant

ROUTES = {
    "GET /desk/money": merchant(),
    "GET /desk/money/payments.csv": merchant(),
    "GET /office/payments": consortium(),
    "GET /office/payments/account": consortium(),
    "GET /office/payments/due.csv": consortium(),
    "GET /office/payments/payments.csv": consortium(),
    "POST /desk/money/{payment_id}/{merchant_order_id}/received": merchant(
        payment_id="payment", merchant_order_id="merchant_order"
    ),
    "POST /office/payments/account": consortium(),
    "POST /office/payments/payouts": consortium(),
    "GET /office/payments/statements/{payment_id}": consortium(payment_id="statement_money"),
    "POST /office/payments/statements/{payment_id}/refund": consortium(
        payment_id="statement_money"
    ),
    "POST /office/payments/transfers": consortium(),
    "POST /office/payments/test": consortium(),
    "POST /webhooks/payments/{gateway}/{consortium_id}": anybody(
        gateway="gateway", consortium_id="consortium"
    ),
}

FIELDS = {
    "Query.payment": consortium(id="payment"),
    "Query.payments": consortium(consortiumId="consortium"),
    "Query.merchantMoney": merchant(merchantId="dairy"),
    "Query.moneyDue": consortium(consortiumId="consortium"),
    "Query.ownMoney": consortium(consortiumId="consortium"),
    "Query.collectingAccount": consortium(consortiumId="consortium"),
    "Mutation.refundPayment": merchant(
        paymentId="payment", merchantId="dairy", merchantOrderId="merchant_order"
    ),
    "Mutation.receivedAtCounter": merchant(paymentId="payment", merchantOrderId="merchant_order"),
    "Mutation.recordPayout": consortium(consortiumId="consortium", merchantId="dairy"),
    "Mutation.recordGatewayTransfer": consortium(consortiumId="consortium"),
    "Mutation.refundStatementPayment": consortium(paymentId="statement_money"),
    "Mutation.chooseCollectingAccount": consortium(
        consortiumId="consortium", organizationId="dairy"
    ),
    "Mutation.testPaymentGateway": consortium(consortiumId="consortium"),
}
