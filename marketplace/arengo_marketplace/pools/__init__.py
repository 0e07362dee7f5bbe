"""Cost pools: what services cost the consortium, month by month."""
