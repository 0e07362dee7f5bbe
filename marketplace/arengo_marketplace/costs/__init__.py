"""Costs of shared services: price plans, pools, rules, shares, forecasts."""
