"""The host: settings, database, identity, plugins, web, jobs. Of shops and costs, nothing."""

__version__ = "0.1.0"
