"""Rules of the house that a linter does not know: queries, commits, money, output."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Float, Numeric

from arengo_core.plugins.manager import load_plugins
from tests.architecture.sources import ROOT, modules, named, tree

QUERIES = {"select", "insert", "update", "delete", "text"}

# Core's own machinery, whose tables are queried in one place each.
MACHINERY = {
    "core/arengo_core/idempotency.py",
    "core/arengo_core/observability/health.py",
    "core/arengo_core/plugins/gate.py",
    "core/arengo_core/plugins/failures.py",
    "core/arengo_core/web/sites.py",
}
HTTPX = {"AsyncClient", "Client", "request", "get", "post", "put", "patch", "delete", "stream"}
OTHER_CLIENTS = {"aiohttp", "requests", "urllib3", "niquests", "pycurl"}
CALLERS = {
    "core/arengo_core/outbound/client.py",
    "core/arengo_core/cli/supervisor.py",  # asks the program's own process
    "plugins/payments/src/arengo_payments/gateways/stripe_gateway.py",  # over outbound's transport
    "plugins/payments/src/arengo_payments/standin/webhooks.py",  # the stand-in, never served
}
MONEY_WORDS = {"amount", "price", "cost", "fee", "share", "total", "balance", "minor", "money"}


def _calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Calls of functions that come from SQLAlchemy, by their name there."""
    origin = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    for node in ast.walk(tree(path)):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in origin:
            yield node, origin[name]


def _may_query(path: Path) -> bool:
    database = ROOT / "core" / "arengo_core" / "database"
    return (
        path.name == "repository.py"
        or path.parent.name == "repository"
        or path.is_relative_to(database)
        or "demo" in path.parts  # loads in bulk what services would make one by one
        or named(path) in MACHINERY
    )


def test_queries_live_in_repositories():
    faults = []
    for path in modules():
        if _may_query(path):
            continue
        for call, name in _calls(path):
            index_condition = name == "text" and path.name == "models.py"
            if name in QUERIES and not index_condition:
                faults.append(f"{named(path)}:{call.lineno} {name}()")
    assert faults == []


def test_the_list_of_machinery_is_true():
    for name in MACHINERY:
        assert any(_calls(ROOT / name)), f"{name} queries nothing: take it off the list"


def test_nobody_commits_but_the_unit_of_work():
    faults = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    ]
    assert faults == []


def _makes_requests(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names]
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else names
        return any(name.partition(".")[0] in OTHER_CLIENTS for name in names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    of = getattr(node.func.value, "id", "")
    return node.func.attr == "urlopen" or (of == "httpx" and node.func.attr in HTTPX)


def test_what_calls_addresses_goes_through_one_client():
    """``host.outbound`` looks at addresses that people and plugins give; others are these."""
    found = {
        named(path)
        for path in modules()
        if not {"testing", "testing.py", "conformance.py", "contract_tests.py"} & {*path.parts}
        if any(_makes_requests(node) for node in ast.walk(tree(path)))
    }
    assert found == CALLERS


def test_nothing_prints():
    faults = [
        f"{named(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert faults == []


def test_no_column_of_money_is_a_float():
    columns = [
        column
        for history in load_plugins().histories
        for table in history.metadata.tables.values()
        for column in table.columns
    ]
    assert len(columns) > 50
    floats = [
        c for c in columns if isinstance(c.type, Float) or getattr(c.type, "asdecimal", 1) == 0
    ]
    assert [str(c) for c in floats if MONEY_WORDS & set(c.name.split("_"))] == []
    for column in columns:
        if column.name.endswith("_minor"):
            assert not isinstance(column.type, Numeric), f"{column}: minor units are integers"


def test_every_table_says_its_class():
    for history in load_plugins().histories:
        for table in history.metadata.tables.values():
            words = (table.comment or "").split("; ")
            assert words[0] in {"member", "consortium", "public", "platform"}, table.fullname
            assert table.schema == history.schema, table.fullname


def test_no_foreign_key_leaves_its_schema():
    for history in load_plugins().histories:
        for table in history.metadata.tables.values():
            for key in table.foreign_keys:
                assert key.column.table.schema == table.schema, f"{table.fullname}.{key.parent}"
