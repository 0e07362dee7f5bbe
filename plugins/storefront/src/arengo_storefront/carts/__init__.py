"""Carts of guests, across the shops of a consortium."""
