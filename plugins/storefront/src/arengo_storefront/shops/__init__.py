"""Shops: what a merchant shows of itself, and whether it is open."""
