"""Parcels: announced, moved, told of."""
