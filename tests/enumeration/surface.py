"""All that the assembled application answers to: routes and root fields, plugins' too."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.enumeration import cases
from tests.enumeration.case import Case

_CONVERTER = re.compile(r":\w+(?=})")
_PLACE = re.compile(r"{(\w+)}")
_DUMMIES: dict[str, Any] = {
    "String": "nonsense-nonsense",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "Date": "2026-01-31",
    "DateTime": "2026-01-31T12:00:00+01:00",
    "Decimal": "1",
    "JSON": {},
    "Locale": "it",
    "ID": "Tm90aGluZzoxMjM=",
    "Upload": None,
}


@dataclass(frozen=True, slots=True)
class Route:
    """A handler under one method and path; ``key`` is what cases call it."""

    key: str
    method: str
    path: str
    handler: Any

    def address(self, case: Case, world: Any, *, forged: bool = False) -> str:
        """The path with the case's objects; with another secret where ``forged``."""

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if name not in case.values:
                return "x"
            key = case.values[name]
            return "x" * 43 if forged and key.endswith("secret") else world.plain(key)

        return _PLACE.sub(fill, self.path)

    @property
    def leads_to_sign_in(self) -> bool:
        """Whether it is one of the faces that nobody uses anonymously."""
        return self.path.startswith(("/office", "/desk", "/account"))


def routes(app: Any) -> Iterator[Route]:
    """Every route but those that Litestar adds."""
    for route in app.routes:
        path = _CONVERTER.sub("", route.path)
        for handler in route.route_handlers:
            for method in sorted(getattr(handler, "http_methods", {"WS"})):
                if method not in {"OPTIONS", "HEAD"}:
                    yield Route(f"{method} {path}", method, path, handler)


def root_fields(schema: Any) -> Iterator[tuple[str, str, Any]]:
    """``Query.me``, the operation's word, and the field; a federation router's own left out."""
    inner = schema._schema
    for kind in (inner.query_type, inner.mutation_type, inner.subscription_type):
        if kind is not None:
            for name, field in kind.fields.items():
                if name in {"_service", "_entities"}:
                    continue
                yield f"{kind.name}.{name}", kind.name.lower(), field


def all_cases(attribute: str) -> dict[str, Case]:
    """``ROUTES`` or ``FIELDS`` of every module of cases; two for one thing are refused."""
    found: dict[str, Case] = {}
    for module in pkgutil.iter_modules(cases.__path__):
        part = getattr(importlib.import_module(f"{cases.__name__}.{module.name}"), attribute)
        twice = found.keys() & part.keys()
        assert not twice, f"{module.name}: cases for {sorted(twice)} are elsewhere too"
        found |= part
    return found


def _dummy(kind: Any, case: Case, world: Any, name: str, *, forged: bool) -> Any:
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return [_dummy(kind.of_type, case, world, name, forged=forged)]
    if name in case.values:
        key = case.values[name]
        return "x" * 43 if forged and key.endswith("secret") else world.relay(key)
    if isinstance(kind, GraphQLInputObjectType):
        return {
            key: _dummy(part.type, case, world, key, forged=forged)
            for key, part in kind.fields.items()
            # ``id`` in a case is the field's own argument, never that of a part of its input.
            if (key in case.values and key != "id") or isinstance(part.type, GraphQLNonNull)
        }
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    assert isinstance(kind, GraphQLScalarType)
    return _DUMMIES[kind.name]


_FEW = 10


def operation(
    name: str,
    word: str,
    field: Any,
    case: Case,
    world: Any,
    *,
    forged: bool = False,
    depth: int = 0,
) -> tuple[str, dict[str, Any]]:
    """A call of a root field with the case's objects and dummies for the rest.

    Selected is what lies on the answer itself, and so many levels of objects in it.
    """
    variables = {
        key: _dummy(part.type, case, world, key, forged=forged)
        for key, part in field.args.items()
        if key in case.values or is_required_argument(part)
    }
    return call(name, word, field, variables, depth=depth), variables


def call(name: str, word: str, field: Any, variables: dict[str, Any], *, depth: int = 0) -> str:
    """The text of a call of a root field with these variables; few rows of what goes deep."""
    declared = ", ".join(f"${key}: {field.args[key].type}" for key in variables)
    passed = ", ".join(f"{key}: ${key}" for key in variables)
    if depth and "first" in field.args and "first" not in variables:
        passed += f"{', ' if passed else ''}first: {_FEW}"
    query = f"{word} {f'({declared})' if declared else ''} {{ {name}"
    query += f"({passed})" if passed else ""
    return f"{query} {_selection(field.type, depth)} }}"


def _selection(kind: Any, depth: int = 0) -> str:
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    parts = ["__typename"]
    for key, part in getattr(named, "fields", {}).items():
        if key == "userErrors":
            parts.append("userErrors { code field message }")
        elif key == "edges":
            parts.append("edges { cursor }")
        elif key == "nodes" and hasattr(named, "fields") and "edges" in named.fields:
            parts.append(f"nodes {_selection(part.type, depth - 1)}" if depth else "__typename")
        elif any(map(is_required_argument, part.args.values())):
            continue
        elif is_leaf_type(get_named_type(part.type)) and not part.args:
            parts.append(key)
        elif depth and hasattr(get_named_type(part.type), "fields"):
            parts.append(f"{key} {_selection(part.type, depth - 1)}")
    return f"{{ {' '.join(parts)} }}"
