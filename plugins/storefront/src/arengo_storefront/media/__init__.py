"""Photos: checked, turned upright, re-encoded, kept in the file store, served for ever."""
