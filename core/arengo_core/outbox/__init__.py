"""Domain events: recorded with the change that causes them, delivered after commit."""
