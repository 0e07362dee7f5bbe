"""A stateful stand-in for Stripe's API and hosted page, for tests and the demo alone."""
