"""A gateway, a carrier, a channel, an allocation key and a theme, to copy from."""

__version__ = "0.1.0"
