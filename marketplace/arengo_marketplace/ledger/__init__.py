"""Ledger: double entry, append-only, one for each consortium."""
