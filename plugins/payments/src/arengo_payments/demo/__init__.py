"""The demo's part: a company that collects through the stand-in for Stripe."""
