"""The command ``arengo``."""
