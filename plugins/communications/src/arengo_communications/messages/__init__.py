"""Messages: stored in the caller's transaction, sent after its commit."""
