"""Health of the plugins, and what members notice of it."""
