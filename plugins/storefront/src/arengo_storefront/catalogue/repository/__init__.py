"""Queries of the catalogue: the merchants' own products, and what everybody may see of them."""
