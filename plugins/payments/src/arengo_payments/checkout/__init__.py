"""Checkouts: opening, closing and asking after hosted pages, between transactions."""
