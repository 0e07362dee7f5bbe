"""Settlements: closed periods, with pools and shares to the cent."""
