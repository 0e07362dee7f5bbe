"""Payments: gateways behind one Protocol, and a stand-in Stripe for tests and demo."""

__version__ = "0.1.0"
