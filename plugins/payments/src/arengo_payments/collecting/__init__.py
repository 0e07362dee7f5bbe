"""Payments: what an order's shopper pays, the merchants' parts of it, attempts to collect it."""
