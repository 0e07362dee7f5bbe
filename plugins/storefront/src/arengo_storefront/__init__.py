"""Storefronts: shops, their catalogue, the valley's market, carts and orders."""

__version__ = "0.1.0"
