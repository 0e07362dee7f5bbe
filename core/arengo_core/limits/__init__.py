"""How many requests may come within a minute: by address, account and token, over all processes."""
