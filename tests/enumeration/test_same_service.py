"""A form handler and the mutation it names do the same thing by the same method."""

from __future__ import annotations

import ast
import inspect
import textwrap
from types import FunctionType
from typing import Any

from tests.enumeration import surface
from tests.enumeration.test_routes import WITHOUT_MUTATION

# What serves pages and answers, whatever is done.
_PLUMBING = ("arengo_core.web.", "arengo_core.api.", "arengo_core.i18n.", "arengo_core.errors.")


def _resolve(node: ast.expr, names: dict[str, Any]) -> Any:
    """What a name or a dotted name stands for in a module; None for what lives at run time."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _resolve(node.value, names)
        return getattr(owner, node.attr, None) if owner is not None else None
    return None


def _doings(function: Any, seen: set[Any] | None = None) -> set[str]:
    """Functions of ours that a function names, those of helpers beside it too."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function)
    if function in seen:
        return set()
    seen.add(function)
    names, found = function.__globals__, set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        target = _resolve(node, names)
        if isinstance(target, FunctionType):
            target = inspect.unwrap(target)
            if target.__module__ == function.__module__:
                found |= _doings(target, seen)
            elif target.__module__.startswith("arengo_"):
                found.add(f"{target.__module__}.{target.__qualname__}")
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("identity"):
            found.add(f"host.identity.{node.attr}")
    return {one for one in found if not one.startswith(_PLUMBING)}


def _resolvers(schema: Any) -> dict[str, Any]:
    definition = schema.get_type_by_name("Mutation")
    convert = schema.config.name_converter.get_graphql_name
    return {convert(field): field.base_resolver.wrapped_func for field in definition.fields}


def test_form_and_mutation_share_their_service_method(app, host):
    resolvers = _resolvers(host.state["schemas"].whole)
    pairs = {
        route.key: (_doings(route.handler.fn), _doings(resolvers[route.handler.opt["mutation"]]))
        for route in surface.routes(app)
        if route.method == "POST" and route.key not in WITHOUT_MUTATION
    }
    assert len(pairs) > 80
    apart = [key for key, (page, api) in pairs.items() if not page & api]
    assert apart == []
    close = "arengo_marketplace.settlements.service.close"
    page, api = pairs["POST /office/settlements"]
    assert close in page & api
    assert not page & pairs["POST /office/settlements/{settlement_id}/reverse"][1]
