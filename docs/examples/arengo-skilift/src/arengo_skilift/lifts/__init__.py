"""Lifts and what is reported of them."""
