"""Deliveries: to whom a statement or a reminder was sent, when, and what became of it."""
