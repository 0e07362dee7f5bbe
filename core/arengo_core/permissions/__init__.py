"""Permissions: declared by name, granted to roles, lent to others; and who has which."""
