"""Organizations: consortia, municipalities, merchants, providers."""
