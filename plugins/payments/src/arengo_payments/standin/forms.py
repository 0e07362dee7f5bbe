"""Stripe's form encoding: `line_items[0][price_data][currency]=eur` as nested data."""

from __future__ import annotations

import re
from typing import Any, TypeAlias, cast
from urllib.parse import parse_qsl

Json: TypeAlias = dict[str, Any]

_PART = re.compile(r"\[([^\]]*)\]")
_DEPTH = 8


def parse(encoded: str) -> Json:
    """Nested data of a form or query string. `a[]=` appends; keys that count from 0 make lists.

    Raises ValueError for a key nested deeper than 8.
    """
    root: Json = {}
    for key, value in parse_qsl(encoded, keep_blank_values=True, max_num_fields=2_000):
        head = key.split("[", 1)[0]
        parts = [head, *_PART.findall(key[len(head) :])]
        if len(parts) > _DEPTH:
            raise ValueError(f"{head}: nested too deeply")
        node = root
        for part in parts[:-1]:
            node = _child(node, part)
        last = parts[-1] if parts[-1] or len(parts) == 1 else str(len(node))
        if isinstance(node.get(last), dict):
            raise ValueError(f"{head}: is both a value and an object")
        node[last] = value
    return {key: _listed(value) for key, value in root.items()}


def _child(node: Json, part: str) -> Json:
    child = node.setdefault(part, {})
    if not isinstance(child, dict):
        raise ValueError(f"{part}: is both a value and an object")
    return cast(Json, child)


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    fields = {key: _listed(value) for key, value in cast(Json, node).items()}
    if fields and all(key.isdecimal() for key in fields):
        return [fields[key] for key in sorted(fields, key=int)]
    return fields
