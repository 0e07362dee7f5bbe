"""Webhooks: what gateways tell us, each event once."""
