"""Statements: each member's part of a settlement, and its payments."""
