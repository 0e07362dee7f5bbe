"""The valley that votes."""

from tests.settlements.fixtures import count_statements, host, make_valley, valley

__all__ = ["count_statements", "host", "make_valley", "valley"]
