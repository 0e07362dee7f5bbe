"""Remote plugins: a manifest and an address; the host calls them over HTTP, signed."""
