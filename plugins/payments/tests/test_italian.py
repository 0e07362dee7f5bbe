"""Every message of payments that people see has its Italian words."""

from __future__ import annotations

import ast
import io
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

import arengo_payments

HERE = Path(arengo_payments.__file__).parent
# The stand-in speaks as Stripe does, with a table of words of its own.
APART = {"standin"}
TEXTS = {"N_", "gettext", "_", "Service", "Manifest"}


def _of_pages() -> set[str]:
    found: set[str] = set()
    for path in (HERE / "templates").rglob("*.html"):
        messages = extract("jinja2.ext:babel_extract", io.BytesIO(path.read_bytes()))
        found |= {str(message[1]) for message in messages}
    return found


def _of_code() -> set[str]:
    found: set[str] = set()
    for path in HERE.rglob("*.py"):
        if APART & set(path.relative_to(HERE).parts) or path.name == "gateway.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", "")
            first = node.args[0]
            is_text = name in TEXTS or name.endswith("Error")
            if is_text and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_nothing_lacks_italian():
    known = {
        entry.id
        for path in (HERE / "locale/it/LC_MESSAGES").glob("*.po")
        for entry in read_po(io.BytesIO(path.read_bytes()))
        if entry.id and entry.string
    }
    pages, code = _of_pages(), _of_code()
    assert len(pages) > 40
    assert len(code) > 40
    internal = {"the counter sends no webhooks"}
    assert sorted((pages | code) - known - internal) == []
