"""Card data never reach Arengo: not its forms, schema, logs or database."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import asyncpg
import pytest

import arengo_payments
from arengo_core.observability.logs import configure
from arengo_payments.contract import PaymentState
from arengo_payments.testing import APPROVED, DECLINED, THREE_D_SECURE

CARD_FIELDS = re.compile(r"card.?number|\bpan\b|\bcvc\b|\bcvv\b|cc-number|cc-csc", re.IGNORECASE)
CARDS = (APPROVED, DECLINED, THREE_D_SECURE)


def _forms_of(number: str) -> list[str]:
    digits = number.replace(" ", "")
    return [number, digits, "-".join(number.split(" "))]


def _found(text: str) -> list[str]:
    return [form for card in CARDS for form in _forms_of(card) if form in text]


@pytest.fixture
def logs(capfd):
    """Everything that is logged, down to the least of it, as production writes it."""
    names = ("", "httpx", "httpcore", "stripe")
    before = {name: logging.getLogger(name).level for name in names}
    handlers = logging.getLogger().handlers
    configure("json", "DEBUG")
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield lambda: "".join(capfd.readouterr())
    logging.getLogger().handlers = handlers
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


async def _everything(owner_url: str) -> dict[str, str]:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("set arengo.maintenance = 'on'")
        tables = await connection.fetch(
            "select quote_ident(schemaname) || '.' || quote_ident(tablename) as name"
            " from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        )
        found: dict[str, str] = {}
        for table in tables:
            rows = await connection.fetch(f"select t::text as row from {table['name']} t")
            found[table["name"]] = "\n".join(row["row"] for row in rows)
        return found
    finally:
        await connection.close()


async def test_no_card_number_is_anywhere_after_paid_checkouts(valley, logs, database):
    _, declined = await valley.checkout()
    await valley.standin.pay(declined.url, DECLINED)
    _, challenged = await valley.checkout()
    await valley.standin.pay(challenged.url, THREE_D_SECURE)
    payment, opened = await valley.checkout()
    await valley.standin.pay(opened.url, APPROVED)
    await valley.standin.settle()
    assert (await valley.payment(payment.id)).state is PaymentState.PAID

    said = logs()
    assert valley.webhook_path in said
    assert _found(said) == []

    stored = await _everything(database.owner)
    assert str(payment.id) in stored["payments.payment"]
    assert str(payment.order_id) in stored["core.outbox_event"]
    assert {name: _found(text) for name, text in stored.items() if _found(text)} == {}


FIELDS = re.compile(r"<(?:input|select|textarea)[^>]*>|field\([^)]*\)")


def _fields_for_cards(path: Path) -> list[str]:
    return [field for field in FIELDS.findall(path.read_text()) if CARD_FIELDS.search(field)]


def test_no_form_of_ours_asks_for_a_card(host):
    ours = Path(arengo_payments.__file__).parent
    assert _fields_for_cards(ours / "standin/templates/pay.html")
    folders = {plugin.resources.templates for plugin in host.registry.plugins} - {None}
    pages = [path for folder in folders for path in folder.rglob("*.html")]
    assert ours / "templates/payments/account.html" in pages
    assert [(path, found) for path in pages if (found := _fields_for_cards(path))] == []


async def test_the_schema_has_no_field_for_a_card(visit, valley):
    visitor = await visit(valley.consortium.officer)
    answer = await visitor.graphql(
        "{ __schema { types { name fields { name args { name } } inputFields { name } } } }"
    )
    types = answer["data"]["__schema"]["types"]
    names = [
        f"{item['name']}.{field['name']}({', '.join(a['name'] for a in field.get('args', []))})"
        for item in types
        for field in (item["fields"] or []) + (item["inputFields"] or [])
    ]
    assert any(name.startswith("PaymentsMutation.") or "refundPayment" in name for name in names)
    spelled = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name) for name in names]
    assert [name for name in spelled if CARD_FIELDS.search(name)] == []
