"""Announcements of a municipality to its subscribers."""
