"""The search that this plugin brings, tried by its contract's tests."""

from __future__ import annotations

from typing import ClassVar

import pytest

from arengo_storefront.contract_tests import SearchProviderContract
from arengo_storefront.search.postgresql import POSTGRESQL, PostgresqlSearch


class TestPostgresql(SearchProviderContract):
    """Full text, trigrams, and letters that changed places."""

    provider = POSTGRESQL
    typos: ClassVar = (
        ("formagio", "formaggio"),
        ("fomraggio", "formaggio"),
        ("formaggi", "formaggio"),
        ("meile", "miele"),
        ("segael", "segale"),
        ("rododedro", "rododendro"),
        ("pane segael", "segale"),
    )

    @pytest.fixture
    def search(self) -> PostgresqlSearch:
        """There is nothing to set."""
        return PostgresqlSearch()
