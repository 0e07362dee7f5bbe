"""Webhooks: events of an organization, signed and sent to addresses that it chooses."""
