"""The API itself: its routes and root fields, each with who may call it."""

from __future__ import annotations

from tests.enumeration.case import anybody

ROUTES = {
    "GET /graphql": anybody(),
    "POST /graphql": anybody(),
}

FIELDS = {
    "Query.node": anybody(id="consortium"),
}
