"""Every text that a person may read, taken from the sources of packages and plugins."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2.ext import babel_extract

from arengo_core import errors

MARKS = {"_", "gettext", "N_"}
TEMPLATES = {".html", ".txt", ".mjml", ".xml", ".jinja", ".j2"}
PACKAGES = ("arengo_core", "arengo_marketplace", "arengo_graphql", "arengo_themes")
# Words that are the same in both languages, or names.
SAME = {
    *("", "Arengo", "Stripe", "GraphiQL", "OpenID Connect", "PostgreSQL", "S3"),
    *("API", "Core", "CSV", "PDF", "Email", "IBAN"),
}
_ROOTS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ArengoError)
}


def folder(package: str) -> Path:
    """Where an installed package lies."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def in_python(path: Path, known_errors: set[str]) -> Iterator[str]:
    """Marked literals, and the messages of errors that callers see."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield from _of_call(node, known_errors)
        elif isinstance(node, ast.ClassDef) and node.name in known_errors:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and _name(inner.func) == "__init__":
                    yield from _literals(inner.args[:1])


def _of_call(node: ast.Call, known_errors: set[str]) -> Iterator[str]:
    name = _name(node.func)
    if name in MARKS or name in known_errors or name == "ngettext":
        yield from _literals(node.args[:1])


def _name(node: ast.expr) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    """The strings that an argument may be: a literal, or either side of a condition."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _literals([node.body, node.orelse])


def error_classes(folders: list[Path]) -> set[str]:
    """Names of all errors that callers see: those of core, and what derives from them."""
    known = set(_ROOTS)
    classes = [
        node
        for place in folders
        for path in sorted(place.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    before = 0
    while len(known) != before:
        before = len(known)
        known |= {node.name for node in classes if {_name(base) for base in node.bases} & known}
    # NotActiveError takes a service's key; settings are read by operators, at a terminal.
    return known - {"NotActiveError", "SettingsError"}


def in_template(path: Path) -> Iterator[str]:
    """What ``_()`` and ``{% trans %}`` mark in a template."""
    options = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "silent": "false"}
    with path.open("rb") as source:
        for _, _, message, _ in babel_extract(source, ["_", "gettext", "ngettext"], [], options):
            first = message[0] if isinstance(message, tuple) else message
            # A variable, as in ``_(label)``, is translated where it is made.
            if first is not None:
                yield first


def of_contributions(plugin: Any) -> Iterator[str]:
    """Titles and labels that a plugin's hooks hand over."""
    yield from (plugin.manifest.title, plugin.manifest.description)
    for service in plugin.services:
        yield from (service.title, service.description)
        for meter in service.meters:
            yield from (meter.title, meter.unit)
        if service.settings is not None:
            for entry in dataclasses.fields(service.settings):
                yield from (entry.metadata.get("label", ""), entry.metadata.get("help", ""))
                yield from (entry.metadata.get("choices") or {}).values()
    for many in (
        plugin.navigation,
        plugin.providers,
        plugin.health_checks,
        plugin.permissions,
        plugin.data_grants,
    ):
        for item in many:
            yield getattr(item, "label", "") or getattr(item, "title", "")


def of_package(package: str, known_errors: set[str]) -> Iterator[tuple[str, str]]:
    """Place and message of each text of a package."""
    place = folder(package)
    for path in sorted(place.rglob("*")):
        where = str(path.relative_to(place))
        # The stand-in for Stripe is another program with its own texts.
        if "standin" in path.parts:
            continue
        if path.suffix == ".py" and "migrations" not in path.parts:
            found = in_python(path, known_errors)
        elif path.suffix in TEMPLATES and "templates" in path.parts:
            found = in_template(path)
        else:
            continue
        for message in found:
            yield where, message
