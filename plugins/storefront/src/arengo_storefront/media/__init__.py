"""Photos: checked, turned upright, re-encoded, kept in the database, served for ever."""
