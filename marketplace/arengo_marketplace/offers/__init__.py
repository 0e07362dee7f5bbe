"""Offers: services put up by a consortium, with price plan, cost rule and cost bearers."""
