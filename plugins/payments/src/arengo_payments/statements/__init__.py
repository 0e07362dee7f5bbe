"""Statements: members pay the consortium's statements online."""
