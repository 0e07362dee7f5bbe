"""Does what no plugin should, when asked."""

__version__ = "0.1.0"
