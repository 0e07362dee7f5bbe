"""Payouts: what the collecting entity passed on to a merchant, and what it still owes."""
