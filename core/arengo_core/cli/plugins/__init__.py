"""``arengo plugin``: look at plugins, write one, try it, take it away."""
