"""The inbox of an organization."""
