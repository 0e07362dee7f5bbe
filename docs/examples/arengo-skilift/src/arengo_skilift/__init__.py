"""Which lifts of the valley run today."""

__version__ = "0.1.0"
