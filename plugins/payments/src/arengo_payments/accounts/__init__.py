"""Accounts: who collects card payments for a consortium's market, and with which keys."""
