"""Grants: what they cover of which costs, what they covered, what is left of them."""
