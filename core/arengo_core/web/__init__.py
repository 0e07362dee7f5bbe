"""The web: application factory, middleware, pages, forms, static files."""
