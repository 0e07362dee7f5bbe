"""Assembles the one GraphQL schema from core, marketplace and plugins."""
