"""Votes of the members on how costs are divided."""
