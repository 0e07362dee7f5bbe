"""An installation of the release before, plugins included, goes on with this version."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from contextlib import ExitStack
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import asyncpg
import httpx
import pytest

from arengo_core.audit.sealing import seal_all
from arengo_core.cli.supervisor import free_port
from arengo_core.database.setup import migrate_all
from arengo_core.host import Host
from arengo_core.jobs.queue import SCHEMA as QUEUE
from arengo_core.plugins.manager import load_plugins
from tests.upgrade.conftest import SAMPLES_SCHEMA, counts_of, rows_of

SCRIPT = Path(__file__).parents[2] / "docs" / "examples" / "a_valleys_month.py"
OURS = """
with ours as (
    select c.oid, n.nspname || '.' || c.relname as name, c.relkind, c.relrowsecurity,
           c.relforcerowsecurity, c.relacl
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'S') and not c.relispartition
      and n.nspname = any($1)
)
select 'table ' || name || ' ' || relrowsecurity || relforcerowsecurity || ' '
       || coalesce(obj_description(oid, 'pg_class'), '') as found from ours
union all select 'column ' || name || '.' || a.attname || ' '
       || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
       || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
       || ' ' || coalesce(col_description(ours.oid, a.attnum), '')
    from ours join pg_attribute a on a.attrelid = oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where relkind <> 'S'
union all select 'constraint ' || name || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
    from ours join pg_constraint k on k.conrelid = ours.oid where k.contype <> 'n'
union all select 'index ' || pg_get_indexdef(i.indexrelid)
    from ours join pg_index i on i.indrelid = ours.oid
union all select 'policy ' || name || ' ' || p.polname || ' ' || p.polcmd::text || ' '
       || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' '
       || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
    from ours join pg_policy p on p.polrelid = ours.oid
union all select 'trigger ' || pg_get_triggerdef(t.oid)
    from ours join pg_trigger t on t.tgrelid = ours.oid where not t.tgisinternal
union all select 'grant ' || name || ' ' || g.grantee::regrole::text || ' ' || g.privilege_type
    from ours, aclexplode(ours.relacl) g where g.grantee <> 0
union all select 'function ' || pg_get_functiondef(f.oid)
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where n.nspname = any($1) and f.prokind = 'f'
      and not exists (select 1 from pg_depend d where d.objid = f.oid and d.deptype = 'e')
order by 1
"""
WRONG = {
    "a ledger transaction that does not balance": """
        select transaction_id from marketplace.ledger_posting group by 1 having sum(amount) <> 0""",
    "a statement that is not the sum of its shares": """
        select s.id from marketplace.statement s left join marketplace.share h
        on h.organization_id = s.organization_id and h.settlement_id = s.settlement_id
        group by s.id, s.amount having s.amount <> coalesce(sum(h.amount), 0)""",
    "an order that is not the sum of its parts": """
        select o.id from storefront.shop_order o join storefront.merchant_order m
        on m.order_id = o.id group by o.id, o.total having o.total <> sum(m.total)""",
    "stock that is not the sum of its movements": """
        select i.variant_id from storefront.stock_item i left join storefront.stock_movement m
        using (variant_id) group by i.variant_id, i.on_hand
        having i.on_hand <> coalesce(sum(m.quantity), 0)""",
    "use that days and additions do not add up to": """
        select 1 from (select organization_id, consortium_id, meter, counted_on as day,
            through_seat, sum(quantity) as quantity, count(*) as records
            from marketplace.usage_record group by 1, 2, 3, 4, 5) r
        full join (select organization_id, consortium_id, meter, day, through_seat,
            sum(quantity) as quantity, sum(records) as records
            from (select organization_id, consortium_id, meter, day, through_seat, quantity,
                records from marketplace.usage_day
                union all select organization_id, consortium_id, meter, day, through_seat,
                quantity, records from marketplace.usage_addition) s
            group by 1, 2, 3, 4, 5) d
            using (organization_id, consortium_id, meter, day, through_seat)
        where (d.quantity, d.records) is distinct from (r.quantity, r.records)""",
    "a ledger transaction that miscounts its lines": """
        select t.id from marketplace.ledger_transaction t join marketplace.ledger_posting p
        on p.transaction_id = t.id group by t.id, t.lines having t.lines <> count(*)""",
    "a table of the members without row-level security": """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where split_part(obj_description(c.oid, 'pg_class'), ' ', 1) in ('member', 'consortium')
          and not (c.relrowsecurity and c.relforcerowsecurity) and c.relkind in ('r', 'p')""",
}


SUMMED_ANEW = {"marketplace.usage_day", "marketplace.usage_unfolded_day"}


async def test_the_dump_holds_something_of_everything(upgraded):
    """So that no migration passes for want of rows."""
    full = {name.partition(".")[0] for name, count in upgraded.before.items() if count}
    histories = {history.schema for history in load_plugins().histories}
    assert histories - full <= {"graphql"}
    assert SAMPLES_SCHEMA in full
    assert sum(upgraded.before.values()) > 10_000


async def test_every_row_is_kept_and_no_plugin_set_aside(upgraded):
    assert "set aside" not in upgraded.said
    assert "at this version's state" in upgraded.said
    after = await counts_of(upgraded.urls.owner)
    kept = {name: rows for name, rows in upgraded.before.items() if name not in SUMMED_ANEW}
    assert {name: after.get(name) for name in kept} == kept


async def test_the_tables_are_those_of_a_new_installation(upgraded, database_server):
    server, template = database_server
    new = await _found(server.urls(template).owner)
    here = await _found(upgraded.urls.owner)
    assert sorted(new - here) == []
    assert sorted(here - new) == []
    assert len(new) > 1000


async def _found(url: str) -> set[str]:
    schemas = [QUEUE, *(history.schema for history in load_plugins().histories)]
    return {_plain(row["found"]) for row in await rows_of(url, OURS, schemas)}


def _plain(found: str) -> str:
    """Without the casts and brackets that PostgreSQL adds to an expression that was dumped."""
    if found.startswith("function"):
        return found
    return re.sub(r"::(character varying|[a-z]+)(\[\])?|[()]", "", found)


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_must_always_hold_holds(wrong, upgraded):
    assert await rows_of(upgraded.urls.owner, WRONG[wrong]) == []


async def test_members_rows_are_out_of_reach(upgraded):
    connection = await asyncpg.connect(upgraded.urls.app)
    try:
        for name in ("storefront.merchant_order", "marketplace.share", "skilift.lift"):
            assert upgraded.before[name]
            assert await connection.fetchval(f"select count(*) from {name}") == 0
    finally:
        await connection.close()


async def test_the_log_is_sealed_on_and_its_chain_whole(upgraded, settings):
    host = Host.create(settings, load_plugins(), upgraded.urls.app)
    try:
        await seal_all(host, {})
    finally:
        await host.close()
    done = upgraded.arengo("audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


async def test_migrating_again_changes_nothing(upgraded):
    registry = await migrate_all(upgraded.urls, load_plugins())
    assert not registry.set_aside


def _script():
    """The documented script of a valley's month, as a module."""
    spec = spec_from_file_location("a_valleys_month", SCRIPT)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _stop(process) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _buy(month, base: str, shop: str, path: str) -> str:
    """One piece, fetched and paid at the shop; the order's number."""
    guest = month.Api(base)
    secret = guest.do("mutation { createCart { cart { secret } userErrors { message } } }")["cart"][
        "secret"
    ]
    goods = guest.do(
        """query($shop: String!) { products(first: 50, filter: {shop: $shop, inStock: true})
        { nodes { path variants { id } } } }""",
        shop=shop,
    )["nodes"]
    [variant] = [one["variants"][0]["id"] for one in goods if one["path"] == path]
    guest.do(
        """mutation($cart: String!, $variant: ID!) { addToCart(cart: $cart, variantId: $variant,
        quantity: 1) { cart { count } userErrors { field message } } }""",
        cart=secret,
        variant=variant,
    )
    choose = """mutation($cart: String!, $contact: ContactInput, $delivery: [DeliveryChoice!]) {
        setCheckout(cart: $cart, contact: $contact, delivery: $delivery) { paymentMethods
        userErrors { field message } } }"""
    guest.do(choose, cart=secret, contact=month.SHOPPER)
    [part] = guest.do(
        """query($cart: String!) { cart(secret: $cart) { shops { merchantId
        deliveryOptions { key } } } }""",
        cart=secret,
    )["shops"]
    assert {"key": "shop"} in part["deliveryOptions"]
    choice = {"merchantId": part["merchantId"], "key": "shop"}
    chosen = guest.do(choose, cart=secret, delivery=[choice])
    assert chosen["paymentMethods"] == ["counter"]
    return guest.do(
        """mutation($cart: String!) { placeOrder(cart: $cart, method: "counter", accepted: true,
        idempotencyKey: "after-the-upgrade") { number userErrors { field message } } }""",
        cart=secret,
    )["number"]


def test_the_main_job_is_done_on_it(upgraded):
    """A service switched on, goods listed and sold, the waiting month settled to the cent."""
    month = _script()
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    owner = upgraded.urls.owner
    with ExitStack() as running:
        for command in ("serve", "worker"):
            running.callback(_stop, upgraded.start(command, ARENGO_PORT=str(port)))

        def ready() -> bool:
            try:
                return (
                    httpx.get(f"{base}/health/ready", trust_env=False, timeout=60).status_code
                    == 200
                )
            except httpx.TransportError:
                return False

        month.wait_for(ready)
        assert (
            httpx.get(f"{base}/health/ready", trust_env=False, timeout=60).json()["set_aside"] == []
        )
        brewer = month.Api(base, month.BREWER[1])
        number = _buy(month, base, month.BREWER[0], month.list_a_product(brewer))
        orders = brewer.do(
            """query($me: ID!) { merchantOrders(organizationId: $me, show: "open")
            { nodes { number } } }""",
            me=brewer.me,
        )["nodes"]
        assert [one["number"] for one in orders if one["number"].startswith(number)]
        month.switch_on_payments(month.Api(base, month.OFFICER))
        lifts = month.Api(base).do("{ lifts { name state } }")
        assert {"name": "Palù", "state": "open"} in lifts

        settled = "select to_char(max(ends_on), 'YYYY-MM') as next from marketplace.settlement"
        [waiting] = asyncio.run(rows_of(owner, settled))
        month.settle(base, waiting["next"])

        undelivered = f"select 1 from {QUEUE}.pgqueuer where entrypoint = 'core.deliver_event'"
        month.wait_for(lambda: not asyncio.run(rows_of(owner, undelivered)))
    for wrong, query in WRONG.items():
        assert asyncio.run(rows_of(owner, query)) == [], wrong
