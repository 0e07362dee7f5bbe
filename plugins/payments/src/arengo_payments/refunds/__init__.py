"""Refunds: money back to the shopper, merchant order by merchant order."""
